"""Whatever happens to a node in whatever order, what it promises holds.

The invariants, by name:
    generations: nothing perceived before the last off, deactivation or jump is published after it.
    alive: services answer, and a node that is brought up perceives.
    honest: diagnostics show the state of the lifecycle, and whether it is switched on.
    accounted: every input is processed, an error, dropped, discarded, or still waits.
"""

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    RuleBasedStateMachine,
    run_state_machine_as_test,
)
import pytest

pytest.importorskip('rclpy')

from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from rcl_interfaces.msg import Parameter, ParameterValue
from rcl_interfaces.srv import SetParameters
from std_srvs.srv import SetBool

from mer_ros.nodes.base import worker as worker_module

TRANSITIONS = {
    ('unconfigured', Transition.TRANSITION_CONFIGURE): 'inactive',
    ('inactive', Transition.TRANSITION_ACTIVATE): 'active',
    ('active', Transition.TRANSITION_DEACTIVATE): 'inactive',
    ('inactive', Transition.TRANSITION_CLEANUP): 'unconfigured',
}


@pytest.fixture
def machine(graph, tiny_node, monkeypatch):
    """Return the class of a machine that does to a node what its users and clocks may do."""
    monkeypatch.setattr(worker_module, 'DEADLINE', 0.02)

    class Machine(RuleBasedStateMachine):
        node = None

        @initialize()
        def make(self):
            self.node = graph.add(tiny_node)
            self.node.switch.set(True)
            self.state, self.is_on, self.generation = 'unconfigured', True, 0
            self.heard, self.workers = 0, set()
            self.bring_up_and_perceive()

        def teardown(self):
            if self.node is not None:
                self.node.go_on.set()
                graph.executor.remove_node(self.node)
                graph._nodes.remove(self.node)
                self.node.close()
                self.node.destroy_node()

        def begin_afresh(self):
            self.generation += 1
            self.node.published.clear()

        @rule(number=st.sampled_from([1, 2, 3, 4]), fails=st.booleans())
        def change(self, number, fails):
            self.node.fails_to_start = fails
            answer = self.node._service_change_state.callback(
                ChangeState.Request(transition=Transition(id=number)), ChangeState.Response())
            target = TRANSITIONS.get((self.state, number))
            succeeds = target is not None and not (fails and target == 'active')
            assert answer.success == succeeds, 'alive'
            if succeeds:
                self.state = target
                if number == Transition.TRANSITION_DEACTIVATE:
                    self.begin_afresh()
                self.workers.update(self.node.workers)

        @rule(on=st.booleans())
        def enable(self, on):
            answer = self.node._on_enable(SetBool.Request(data=on), SetBool.Response())
            assert answer.success, 'alive'
            if not on and self.state == 'active':
                self.begin_afresh()
            self.is_on = on

        @rule()
        def jump(self):
            self.node._on_jump(None)
            if self.state in ('inactive', 'active'):
                self.begin_afresh()

        @rule(level=st.integers(-1, 10), kind=st.sampled_from([2, 255]))
        def set_parameter(self, level, kind):
            value = ParameterValue(type=kind, integer_value=level)
            service = next(one for one in self.node.services
                           if one.srv_name.endswith('/set_parameters'))
            answer = service.callback(SetParameters.Request(
                parameters=[Parameter(name='level', value=value)]), SetParameters.Response())
            assert [one.successful for one in answer.results] == [
                kind == 2 and 0 <= level <= 9], 'alive'

        @precondition(lambda self: self.state == 'active')
        @rule(burst=st.lists(st.sampled_from(['say', 'fail', 'wait']), min_size=1, max_size=4))
        def hear(self, burst):
            for words in burst:
                if words == 'wait':
                    self.node.go_on.clear()
                if self.is_on:
                    self.heard += 1
                self.node.hear(f'{words} {self.generation}')

        @rule()
        def go_on(self):
            self.node.go_on.set()
            graph.wait(lambda: all(worker.is_idle for worker in self.workers), 'the workers')

        @rule()
        def bring_up_and_perceive(self):
            self.go_on()
            self.enable(True)
            for number in (1, 3):
                self.change(number, fails=False)
            assert self.state == 'active', 'alive'
            before = len(self.node.published)
            self.hear(['say'])
            graph.wait(lambda: len(self.node.published) > before, 'what is perceived')

        @invariant()
        def generations(self):
            if self.node is not None:
                assert {int(words.split()[1]) for words in list(self.node.published)} <= {
                    self.generation}

        @invariant()
        def honest(self):
            if self.node is not None:
                _, _, values = self.node._report()
                assert (values['lifecycle state'], values['enabled']) == (self.state, self.is_on)
                assert self.node.state == self.state

        @invariant()
        def accounted(self):
            if self.node is None or not all(worker.is_idle for worker in self.workers):
                return
            totals = self.node.meter.read(0.0).totals
            assert self.heard == sum(totals[name] for name in (
                'processed', 'errors', 'dropped', 'discarded'))

    return Machine


def test_the_promises_hold_in_any_order_of_events(machine):
    run_state_machine_as_test(machine, settings=settings(
        max_examples=50, stateful_step_count=20, derandomize=True,
        phases=(Phase.generate,),  # to shrink what fails would take minutes
        suppress_health_check=list(HealthCheck)))
