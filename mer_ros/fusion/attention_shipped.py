"""The rule ``attention`` by name; read from its file when it is first asked for."""

from __future__ import annotations

from mer_ros.fusion.attention import load_attention

ATTENTION = load_attention()
