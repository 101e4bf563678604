"""What a node tells the people before it, and what the site where it runs allows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rclpy.node import Node
from std_msgs.msg import String

from mer_ros.nodes.base.audit import AuditLog
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.base.qos import STATE_QOS
from mer_ros.site_policy import find_policy, SitePolicy

SITE_POLICY = Parameter(
    name='site_policy', default='',
    description='file of what the site allows (doc/PRIVACY.md); empty = $MER_ROS_SITE_POLICY, else '
                '/etc/mer_ros/site_policy.yaml if it exists, else everything is allowed')


@dataclass(frozen=True)
class Purpose:
    """What a node does, for the people before it: ``task`` and ``keeps`` complete "The node ...".

    ``senses`` are those of `site_policy.SENSES` that it needs.
    """

    task: str
    keeps: str
    senses: tuple[str, ...] = ()


class Site:
    """Keeps a node to the policy of the site, publishes its ``notice``, and writes the audit log.

    The notice is latched.  It is published again whenever it changes, so that what it says is
    true also while the node is switched off.

    Args:
        node: whose notice it is.
        purpose: what the node does.
        on_forbidden: called when the policy begins to forbid what was allowed.
    """

    def __init__(self, node: Node, purpose: Purpose, on_forbidden: Callable[[], None]) -> None:
        self.policy = SitePolicy()
        self.forbidden = ''
        """Why the policy forbids perceiving now; '' if it does not."""
        self._node = node
        self._purpose = purpose
        self._on_forbidden = on_forbidden
        self._audit: AuditLog | None = None
        self._told = ''
        self._events: dict[str, str] = {}
        self._publisher = node.create_publisher(String, 'notice', STATE_QOS)

    @property
    def problem(self) -> str:
        """Why the audit log is not kept; '' when it is, or when nobody wants it."""
        return '' if self._audit is None else self._audit.problem

    def obey(self, path: str) -> None:
        """Take the policy over that a path, or nothing, names; raises as `find_policy` does."""
        self.policy = find_policy(path)
        self._audit = (AuditLog(self._node.get_fully_qualified_name())
                       if self.policy.audit_log else None)
        self._log('policy', f'{self.policy.path} sha256 {self.policy.digest}')
        self.look()

    def look(self) -> None:
        """Look at the clock on the wall: whether the policy allows perceiving now."""
        before = self.forbidden
        self.forbidden = self.policy.forbids(
            self._purpose.senses, datetime.now().astimezone())
        if self.forbidden and not before:
            self._on_forbidden()

    def tell(self, *, why_not: str, collects: str, publishes: Sequence[str]) -> None:
        """Publish the notice and log what has changed.

        Args:
            why_not: why the node perceives nothing at present; '' if it does.
            collects: what it keeps on disk, as a phrase; '' for nothing.
            publishes: topics on which it tells what it perceives.
        """
        self._log('perceiving', f'no: {why_not}' if why_not else 'yes')
        self._log('collecting', 'no' if why_not or not collects else collects)
        name = self._node.get_fully_qualified_name()
        if why_not:
            said = f'{name} perceives nothing: {why_not}'
        else:
            said = (f'{name} {self._purpose.task}. In memory it keeps {self._purpose.keeps}. '
                    f'On disk it keeps {collects or "nothing"}. It publishes on '
                    f'{", ".join(publishes)}. To switch it off: ros2 service call {name}/enable '
                    f'std_srvs/srv/SetBool "{{data: false}}"')
        notice = '. '.join([said, *self.policy.words()])
        if notice != self._told and self._node.context.ok():
            self._told = notice
            self._publisher.publish(String(data=notice))

    def _log(self, event: str, about: str) -> None:
        if self._audit is not None and self._events.get(event) != about:
            self._audit.write(event, about)
            self._events[event] = about
