"""The bond by which Nav2's lifecycle manager sees that a node lives, where bondpy is installed."""

from __future__ import annotations

from typing import Any

from rclpy.node import Node

from mer_ros.nodes.base.parameters import Parameter

HEARTBEAT = Parameter(
    name='bond_heartbeat_period', default=0.1, range=(0.0, 60.0),
    description='seconds between two heartbeats to the lifecycle manager of Nav2, as its own nodes '
                'have it; 0 = no bond. Needs bondpy and autostart: false; without it set '
                'bond_timeout: 0.0 for the manager')

TOPIC = 'bond'
HEARTBEAT_TIMEOUT = 4.0
"""Seconds without a heartbeat of the manager after which it counts as gone, as in Nav2."""

_DISABLE = '/bond_disable_heartbeat_timeout'
"""A parameter that bondpy declares on the node when a heartbeat is late, but only once."""


class ManagerBond:
    """A bond that is there while a node is active; it tells, and changes nothing by itself.

    Args:
        node: whose bond it is; its name is the bond's.
    """

    def __init__(self, node: Node) -> None:
        self.status = 'none'
        """What has become of the bond, in a word or two for the diagnostics."""
        self._node = node
        self._bond: Any = None

    def open(self, period: float) -> None:
        """Offer the bond to a manager, with a heartbeat every ``period`` seconds; 0 = do not."""
        if not period:
            self.status = 'none'
            return
        try:
            # Another distribution of this name, for smart homes, has no such module.
            from bondpy.bondpy import Bond
        except ImportError:
            self.status = 'bondpy is not installed'
            return
        self.status = 'failed'
        self._bond = Bond(self._node, TOPIC, self._node.get_name(),
                          on_broken=self._on_broken, on_formed=self._on_formed)
        self._bond.set_heartbeat_period(period)
        self._bond.set_heartbeat_timeout(HEARTBEAT_TIMEOUT)
        self._bond.start()
        self.status = 'waiting for the manager'

    def close(self) -> None:
        """Break the bond in order: the manager sees that the node is not active any more."""
        if self._bond is None:
            return
        bond, self._bond = self._bond, None
        bond.set_broken_callback(None)
        bond.shutdown()
        self.status = 'none'
        # Its own shutdown leaves both in the lists of the node.
        self._node.destroy_subscription(bond.sub)
        self._node.destroy_publisher(bond.pub)
        if self._node.has_parameter(_DISABLE):
            self._node.undeclare_parameter(_DISABLE)

    def _on_formed(self) -> None:
        self.status = 'formed'

    def _on_broken(self) -> None:
        lost = self.status == 'formed'
        self.status = 'broken: the manager has gone' if lost else 'no manager came'
        if lost:
            self._node.get_logger().warning('the bond with the lifecycle manager is broken')
