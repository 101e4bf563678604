"""Write config/sros2/policy.xml: what each node may publish, subscribe to and offer.

Run it after a topic or a service was added:  python tools/write_policy.py
It asks the running nodes themselves; a test checks that the file is what they say.
"""

from collections.abc import Callable, Mapping
from functools import partial
import os
from pathlib import Path
import random
import time
from typing import Any
from xml.sax.saxutils import quoteattr

import rclpy
from rclpy.context import Context
from rclpy.parameter import Parameter

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


KINDS = (FusionNode, FaceNode, SpeechNode, TextNode, Listening, LdduNode, ResponseNode)

FEATURES = {'publish_features': True}

OPTIONS = {FaceNode: {'people': 'many', **FEATURES}, SpeechNode: {'people': 'many', **FEATURES},
           TextNode: FEATURES}
"""Settings with which a node has all of its topics."""

ALSO_SUBSCRIBED = {
    'face_node': ('image/compressed',), 'avnet_node': ('image/compressed', 'audio_info'),
    'speech_node': ('audio_info',)}
"""Topics that a node subscribes to instead of another, or where the message is installed."""

ABSOLUTE = ('/diagnostics', '/clock', '/rosout', '/parameter_events')


def policy() -> str:
    """Return the text of the policy: one enclave a node, and one for bringup with all but LDDU."""
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
                'bringup': [text for name, text in profiles.items() if name != 'lddu_node']}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>',
             '<!-- Access control for SROS2: each node may do this and nothing else.',
             '     Written by tools/write_policy.py from what nodes do; see doc/PRIVACY.md. -->',
             '<policy version="0.2.0">', '  <enclaves>']
    for name, texts in enclaves.items():
        lines += [f'    <enclave path="/mer_ros/{name}">', '      <profiles>', *texts,
                  '      </profiles>', '    </enclave>']
    return '\n'.join([*lines, '  </enclaves>', '</policy>', ''])


def _profile(node: Any) -> str:
    name, space = node.get_name(), node.get_namespace()
    published, subscribed, offered = (_settled(partial(look, name, space)) for look in (
        node.get_publisher_names_and_types_by_node, node.get_subscriber_names_and_types_by_node,
        node.get_service_names_and_types_by_node))
    lines = [f'        <profile ns="/" node={quoteattr(name)}>']
    for element, action, names in (
            ('topic', 'publish', [topic for topic, _ in published]),
            ('topic', 'subscribe', [*(topic for topic, _ in subscribed),
                                    *ALSO_SUBSCRIBED.get(name, ())]),
            ('service', 'reply', [service for service, _ in offered])):
        lines += [f'          <{element}s {action}="ALLOW">',
                  *(f'            <{element}>{entry}</{element}>'
                    for entry in sorted({_relative(each, name) for each in names})),
                  f'          </{element}s>']
    return '\n'.join([*lines, '        </profile>'])


def _settled(look: Callable[[], list[Any]]) -> list[Any]:
    """Return what the graph tells of a node once it tells no more: it learns in another thread."""
    found = look()
    for _ in range(100):
        time.sleep(0.3)
        before, found = found, look()
        if found and found == before:
            return found
    raise RuntimeError(f'the graph still changes after {len(found)} names')


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
