"""The humans node where the messages of REP-155 are not installed."""

import sys

import pytest

pytest.importorskip('rclpy')

from mer_ros.nodes.humans.humans_node import HumansNode


def test_without_hri_msgs_the_node_stays_unconfigured_and_says_what_to_install(
    graph, monkeypatch
):
    monkeypatch.setitem(sys.modules, 'hri_msgs', None)
    monkeypatch.delitem(sys.modules, 'hri_msgs.msg', raising=False)
    node = graph.add(HumansNode)
    assert not node.autostart()
    assert 'install the package hri_msgs' in node.failure
    assert node.engine is None
