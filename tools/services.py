"""The services of the nodes, called from outside; an answer that does not come is an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState, GetState
from rcl_interfaces.srv import GetParameters, ListParameters, SetParameters
from rclpy.parameter import Parameter, parameter_value_to_python
from robot import Robot
from std_srvs.srv import SetBool, Trigger

LATE_S = 1.0
LOST_S = 20.0
"""Seconds after which a service is taken not to answer at all; no measure of speed."""

STEPS = {'unconfigured': Transition.TRANSITION_CONFIGURE,
         'inactive': Transition.TRANSITION_ACTIVATE}
"""The transition towards active from each state."""


class Services:
    """Calls services and measures how long they take."""

    def __init__(self, graph: Robot, nodes: Sequence[str]) -> None:
        self._graph, self._clients = graph, dict[str, Any]()
        self._took, self.slowest, self.late = 0.0, '', 0
        self.originals = {node: self._parameters(node) for node in nodes}

    def set_parameters(self, node: str, values: Mapping[str, Any], kind: int | None = None) -> Any:
        """Set parameters; ``kind`` replaces the number of their types."""
        messages = [Parameter(name, value=value).to_parameter_msg()
                    for name, value in values.items()]
        if kind is not None:
            for message in messages:
                message.value.type = kind
        return self._call(SetParameters, f'{node}/set_parameters',
                          SetParameters.Request(parameters=messages))

    def change_state(self, node: str, transition: int) -> bool:
        """Ask for a transition; return whether it succeeded."""
        return bool(self._call(ChangeState, f'{node}/change_state', ChangeState.Request(
            transition=Transition(id=transition))).success)

    def get_state(self, node: str) -> str:
        """Return the label of a node's state."""
        answer = self._call(GetState, f'{node}/get_state', GetState.Request())
        return str(answer.current_state.label)

    def enable(self, node: str, on: bool) -> None:
        """Switch a node on or off."""
        self._call(SetBool, f'{node}/enable', SetBool.Request(data=on))

    def reset_adaptation(self) -> None:
        """Ask the speech node to forget voices."""
        self._call(Trigger, 'speech_node/reset_adaptation', Trigger.Request())

    def heal(self, node: str) -> None:
        """Make a node active, with the parameters that it had at first."""
        self.enable(node, True)
        if self.get_state(node) == 'active':
            self.change_state(node, Transition.TRANSITION_DEACTIVATE)
        if self.get_state(node) == 'inactive':
            self.change_state(node, Transition.TRANSITION_CLEANUP)
        self.set_parameters(node, self.originals[node])
        for _ in STEPS:
            self.change_state(node, STEPS.get(self.get_state(node), 0))
        state = self.get_state(node)
        assert state == 'active', f'{node} stays {state}'

    def _parameters(self, node: str) -> dict[str, Any]:
        names = self._call(ListParameters, f'{node}/list_parameters',
                           ListParameters.Request()).result.names
        values = self._call(GetParameters, f'{node}/get_parameters',
                            GetParameters.Request(names=names)).values
        return {name: parameter_value_to_python(value)
                for name, value in zip(names, values, strict=True)}

    def _call(self, kind: Any, name: str, request: Any) -> Any:
        if name not in self._clients:
            self._clients[name] = self._graph.node.create_client(kind, name)
            assert self._graph.wait(self._clients[name].service_is_ready), f'there is no {name}'
        began = monotonic()
        future = self._clients[name].call_async(request)
        assert self._graph.wait(future.done, LOST_S), f'{name} does not answer {request}'
        took = monotonic() - began
        if took > self._took:
            self._took, self.slowest = took, f'{took:.2f} s ({name})'
        self.late += took > LATE_S
        return future.result()
