"""The rule ``attention`` by name; read from its file when it is first asked for."""

from mer_ros.research.attention.attention_rule import load_attention

ATTENTION = load_attention()
