"""The quality of service of the package's topics."""

from __future__ import annotations

from rclpy.duration import Duration
from rclpy.qos import (
    DurabilityPolicy,
    HistoryPolicy,
    LivelinessPolicy,
    QoSPolicyKind,
    QoSProfile,
    ReliabilityPolicy,
)
from rclpy.qos_overriding_options import QoSOverridingOptions

STATE_QOS = QoSProfile(
    history=HistoryPolicy.KEEP_LAST, depth=1, reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL)
"""Whoever joins late still gets the last state."""

LEASE = Duration(seconds=2.0)
"""How long a node may be silent before subscribers that ask for its liveliness are told."""

WATCHED_QOS = QoSProfile(
    history=HistoryPolicy.KEEP_LAST, depth=1, reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL, liveliness=LivelinessPolicy.MANUAL_BY_TOPIC,
    liveliness_lease_duration=LEASE)
"""STATE_QOS of a node whose end or hanging must be noticed; its executor asserts the liveliness.

It suits every subscriber that STATE_QOS suits: who asks for no liveliness sees no difference.
"""

LOGITS_DEPTH = 50
"""Logits of many people and modalities come in bursts."""

AUDIO_QOS = QoSProfile(
    history=HistoryPolicy.KEEP_LAST, depth=50, reliability=ReliabilityPolicy.BEST_EFFORT)
"""Best effort, so that it hears every microphone driver; deep, because no block may be skipped."""

INFO_QOS = QoSProfile(
    depth=1, reliability=ReliabilityPolicy.RELIABLE, durability=DurabilityPolicy.TRANSIENT_LOCAL)
"""What a driver says of its sound, once."""

LOSSLESS_DEPTH = 1000

LOSSLESS_QOS = QoSProfile(depth=LOSSLESS_DEPTH, reliability=ReliabilityPolicy.RELIABLE)
"""For recordings of which no message may be skipped."""

QOS_OVERRIDES = QoSOverridingOptions((
    QoSPolicyKind.HISTORY, QoSPolicyKind.DEPTH, QoSPolicyKind.RELIABILITY,
    QoSPolicyKind.DURABILITY))
"""What users may change of every topic's QoS with parameters `qos_overrides.*`.

rclpy writes the overrides into the profile that it is given, so give it a copy: profiles are
shared by every node of a process.
"""
