"""The bond with a lifecycle manager: with bondpy itself, and with a stand-in of its interface."""

import sys
from threading import Event, Thread
from types import ModuleType

import pytest

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticArray


def bring_up(graph, kind, **parameters):
    """Start a node as a manager does."""
    node = graph.add(kind, autostart=False, **parameters)
    node.trigger_configure()
    node.trigger_activate()
    assert node.state == 'active'
    return node


@pytest.fixture
def made(monkeypatch):
    """Install a stand-in of bondpy; return the bonds that are made of it."""
    made = []

    class Bond:
        def __init__(self, node, topic, bond_id, on_broken=None, on_formed=None):
            self.topic, self.id, self.started, self.ended = topic, bond_id, False, False
            self.on_broken, self.on_formed = on_broken, on_formed
            self.sub = self.pub = None
            made.append(self)

        def set_heartbeat_period(self, seconds):
            assert not self.started
            self.period = seconds

        def set_heartbeat_timeout(self, seconds):
            assert not self.started
            self.timeout = seconds

        def start(self):
            self.started = True

        def set_broken_callback(self, on_broken):
            self.on_broken = on_broken

        def shutdown(self):
            self.ended = True

    package, module = ModuleType('bondpy'), ModuleType('bondpy.bondpy')
    module.Bond = Bond
    monkeypatch.setitem(sys.modules, 'bondpy', package)
    monkeypatch.setitem(sys.modules, 'bondpy.bondpy', module)
    return made


def test_an_active_node_offers_a_bond_as_the_nodes_of_nav2_do(graph, tiny_node, made):
    bring_up(graph, tiny_node)
    (bond,) = made
    assert (bond.topic, bond.id, bond.period, bond.timeout) == ('bond', 'tiny_node', 0.1, 4.0)
    assert bond.started


def test_each_activation_has_a_bond_of_its_own_that_ends_with_it(graph, tiny_node, made):
    node = bring_up(graph, tiny_node)
    node.trigger_deactivate()
    assert made[0].ended
    assert node.bond.status == 'none'
    node.trigger_activate()
    assert [bond.ended for bond in made] == [True, False]
    node.close()
    assert made[1].ended


def test_the_diagnostics_show_the_bond_and_a_manager_that_is_gone_stops_nothing(
        graph, tiny_node, made):
    node = bring_up(graph, tiny_node)
    reports = graph.collect(DiagnosticArray, '/diagnostics')

    def shown():
        return reports and {pair.key: pair.value for pair in reports[-1].status[0].values}['bond']

    graph.wait(lambda: shown() == 'waiting for the manager', 'the bond')
    made[0].on_formed()
    graph.wait(lambda: shown() == 'formed', 'the manager')
    made[0].on_broken()
    graph.wait(lambda: shown() == 'broken: the manager has gone', 'the end of the manager')
    assert node.state == 'active'


@pytest.mark.parametrize('parameters', [
    {'bond_heartbeat_period': 0.0}, {'autostart': True}])
def test_there_is_no_bond_where_nobody_wants_one(graph, tiny_node, made, parameters):
    node = graph.add(tiny_node, **{'autostart': False, **parameters})
    node.trigger_configure()
    node.trigger_activate()
    assert made == []
    assert node.bond.status == 'none'


def test_without_bondpy_a_node_is_active_all_the_same(graph, tiny_node, monkeypatch):
    monkeypatch.setitem(sys.modules, 'bondpy', ModuleType('bondpy'))  # for smart homes
    monkeypatch.delitem(sys.modules, 'bondpy.bondpy', raising=False)
    assert bring_up(graph, tiny_node).bond.status == 'bondpy is not installed'


def test_a_bond_that_cannot_be_made_stops_nothing(graph, tiny_node, made, monkeypatch):
    def fail(*arguments, **options):
        raise RuntimeError('no type support')

    monkeypatch.setattr(sys.modules['bondpy.bondpy'], 'Bond', fail)
    node = bring_up(graph, tiny_node)
    assert node.bond.status == 'failed'
    assert 'no type support' in node.faults.last


class Manager:
    """The side of Nav2's lifecycle manager: the same bond, period and timeout."""

    def __init__(self, graph, bond_id):
        from bondpy.bondpy import Bond
        from rclpy.executors import SingleThreadedExecutor

        self.node = graph.stranger()
        self._executor = SingleThreadedExecutor(context=self.node.context)
        self._executor.add_node(self.node)
        self._ended = Event()
        self._thread = Thread(target=self._spin)
        self._thread.start()
        self.formed, self.broken = Event(), Event()
        self.bond = Bond(self.node, 'bond', bond_id, self.broken.set, self.formed.set)
        self.bond.set_heartbeat_period(0.1)
        self.bond.set_heartbeat_timeout(4.0)
        self.bond.start()

    def _spin(self):
        while not self._ended.is_set():
            self._executor.spin_once(timeout_sec=0.1)

    def close(self):
        # Before the bond destroys its subscription, which the executor may hold.
        self._ended.set()
        self._thread.join()
        self.bond.shutdown()


@pytest.fixture
def managed(graph, tiny_node):
    """Return a node that is active, and the side of a manager whose bond with it is formed."""
    pytest.importorskip('bondpy.bondpy')
    node = bring_up(graph, tiny_node)
    manager = Manager(graph, 'tiny_node')
    graph.wait(lambda: manager.formed.is_set() and node.bond.status == 'formed', 'the bond')
    yield node, manager
    manager.close()


def test_a_real_bond_outlasts_its_timeouts_and_is_broken_when_the_node_is_deactivated(
        graph, managed):
    node, manager = managed
    graph.settle(6.0)
    assert not manager.broken.is_set()
    assert node.bond.status == 'formed'
    node.trigger_deactivate()
    graph.wait(manager.broken.is_set, 'the end of the bond')


def test_the_end_of_a_real_manager_is_seen_and_the_node_goes_on(graph, managed):
    node, manager = managed
    manager.bond.break_bond()
    graph.wait(lambda: node.bond.status == 'broken: the manager has gone', 'the end of the bond')
    assert node.state == 'active'


def test_after_a_new_activation_a_new_real_bond_is_formed(graph, managed):
    node, manager = managed
    node.trigger_deactivate()
    graph.wait(manager.broken.is_set, 'the end of the bond')
    node.trigger_activate()
    again = Manager(graph, 'tiny_node')
    try:
        graph.wait(lambda: again.formed.is_set() and node.bond.status == 'formed', 'a new bond')
    finally:
        again.close()
