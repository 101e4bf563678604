"""Write config/sros2/policy.xml: what each node may publish, subscribe to and offer.

Run it after a topic or a service was added:  python tools/write_policy.py
It asks the running nodes themselves; a test checks that the file is what they say.
"""

from collections.abc import Mapping
import os
from pathlib import Path
import random
from typing import Any
from xml.sax.saxutils import quoteattr

import rclpy
from rclpy.context import Context
from rclpy.parameter import Parameter

from mer_ros.nodes.attention_node import AttentionNode
from mer_ros.nodes.avnet_node import AvNetNode
from mer_ros.nodes.face_node import FaceNode
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.lddu_node import LdduNode
from mer_ros.nodes.response_node import ResponseNode
from mer_ros.nodes.speech_node import SpeechNode
from mer_ros.nodes.text_node import TextNode

POLICY = Path(__file__).resolve().parent.parent / 'config' / 'sros2' / 'policy.xml'

class Listening(AvNetNode):
    """The audio-visual node without its network, for which no weights ship."""

    def make_engine(self, values: Mapping[str, Any]) -> Any:
        """Return nothing: its topics do not depend on it."""


KINDS = (FusionNode, FaceNode, SpeechNode, TextNode, Listening, AttentionNode, LdduNode,
         ResponseNode)

BY_FEATURES = ('attention_node', 'lddu_node')
"""The nodes that run beside the fusion when they are asked for."""

FEATURES = {'publish_features': True}

OPTIONS = {FaceNode: {'people': 'many', **FEATURES}, SpeechNode: {'people': 'many', **FEATURES},
           TextNode: FEATURES}
"""Settings with which a node has all of its topics."""

ALSO_SUBSCRIBED = {
    'face_node': ('image/compressed',), 'avnet_node': ('image/compressed', 'audio_info'),
    'speech_node': ('audio_info',)}
"""Topics that a node subscribes to instead of another, or where the message is installed."""

PUBLISHED_BY_RCL = ('/rosout', '~/transition_event')
OFFERED_BY_RCL = ('~/get_type_description',)
"""What the client library opens below rclpy, for every lifecycle node.

The graph would tell it, too, but only once the middleware has discovered the process itself, for
which there is no upper limit on a busy machine.
"""

UNDER_A_MANAGER = ('bond',)
"""Topics both ways of a node that does not start itself, where bondpy is installed."""

ABSOLUTE = ('/diagnostics', '/clock', '/rosout', '/parameter_events')


def policy() -> str:
    """Return the text of the policy: an enclave for each node, and one for bringup.

    That has all nodes but those of features.
    """
    context = Context()
    rclpy.init(context=context, args=[])
    try:
        profiles = {}
        for kind in KINDS:
            node = kind(context=context, parameter_overrides=[
                Parameter(name, value=value)
                for name, value in {'use_sim_time': True, **OPTIONS.get(kind, {})}.items()])
            if not node.autostart():
                raise RuntimeError(f'{node.get_name()} could not be started')
            profiles[node.get_name()] = _profile(node)
            node.close()
            node.destroy_node()
    finally:
        context.try_shutdown()
    enclaves = {**{name: [text] for name, text in profiles.items()},
                'bringup': [text for name, text in profiles.items() if name not in BY_FEATURES]}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>',
             '<!-- Access control for SROS2: each node may do this and nothing else.',
             '     Written by tools/write_policy.py from what nodes do; see doc/PRIVACY.md. -->',
             '<policy version="0.2.0">', '  <enclaves>']
    for name, texts in enclaves.items():
        lines += [f'    <enclave path="/mer_ros/{name}">', '      <profiles>', *texts,
                  '      </profiles>', '    </enclave>']
    return '\n'.join([*lines, '  </enclaves>', '</policy>', ''])


def _profile(node: Any) -> str:
    name = node.get_name()
    published = {each.topic_name for each in node.publishers} | {
        *PUBLISHED_BY_RCL, *UNDER_A_MANAGER}
    subscribed = {each.topic_name for each in node.subscriptions}
    offered = {each.service_name for each in node.services}
    lines = [f'        <profile ns="/" node={quoteattr(name)}>']
    for element, action, names in (
            ('topic', 'publish', published),
            ('topic', 'subscribe', subscribed.union(
                UNDER_A_MANAGER, ALSO_SUBSCRIBED.get(name, ()))),
            ('service', 'reply', offered.union(OFFERED_BY_RCL))):
        lines += [f'          <{element}s {action}="ALLOW">',
                  *(f'            <{element}>{entry}</{element}>'
                    for entry in sorted({_relative(each, name) for each in names})),
                  f'          </{element}s>']
    return '\n'.join([*lines, '        </profile>'])


def _relative(name: str, node: str) -> str:
    if name in ABSOLUTE:
        return name
    private = f'/{node}/'
    return f'~/{name.removeprefix(private)}' if name.startswith(private) else name.lstrip('/')


if __name__ == '__main__':
    os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    os.environ['ROS_DOMAIN_ID'] = str(random.randint(1, 101))
    POLICY.parent.mkdir(parents=True, exist_ok=True)
    POLICY.write_text(policy())
