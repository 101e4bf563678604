"""Parameters as data: declared, described, checked when set, documented from one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)
from rclpy.node import Node
from rclpy.parameter import Parameter as RosParameter


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a node: its default stands here and nowhere else.

    ``range`` holds the lowest and highest allowed number; ``choices`` the allowed words;
    ``live`` tells whether it may change while the node is configured.
    """

    name: str
    default: bool | int | float | str | list[str] | list[float]
    description: str
    range: tuple[float, float] | None = None
    choices: Sequence[str] = ()
    live: bool = False

    def check(self, value: Any) -> None:
        """Raise ValueError, saying what is allowed, if the value is not."""
        if self.choices and value not in self.choices:
            raise ValueError(f'{self.name}={value!r} is not one of {list(self.choices)}')
        if self.range is not None and not self.range[0] <= value <= self.range[1]:
            raise ValueError(
                f'{self.name}={value} is outside {self.range[0]} to {self.range[1]}')

    def descriptor(self) -> ParameterDescriptor:
        """Return the descriptor that `ros2 param describe` shows."""
        constraints = ([f'one of: {", ".join(choice or "(empty)" for choice in self.choices)}']
                       if self.choices else [])
        if not self.live:
            constraints.append('fixed while the node is configured')
        descriptor = ParameterDescriptor(
            description=self.description, additional_constraints='; '.join(constraints))
        if self.range is not None:
            low, high = self.range
            if isinstance(self.default, float):
                descriptor.floating_point_range = [
                    FloatingPointRange(from_value=float(low), to_value=float(high))]
            else:
                descriptor.integer_range = [
                    IntegerRange(from_value=int(low), to_value=int(high))]
        return descriptor


class Parameters:
    """The parameters of one node, declared on it and checked whenever they are set.

    A change is refused, and the old values kept, when a value is outside its range, when a
    parameter that is not live is set while ``is_configured()``, or when ``check`` raises
    ValueError for the whole proposed set.  ``apply`` runs after an accepted change.
    """

    def __init__(
        self,
        node: Node,
        table: Sequence[Parameter],
        *,
        is_configured: Callable[[], bool] = lambda: True,
        check: Callable[[Mapping[str, Any]], None] = lambda _: None,
        apply: Callable[[Mapping[str, Any]], None] = lambda _: None,
    ) -> None:
        self._node = node
        self._table: dict[str, Parameter] = {}
        self._is_configured = is_configured
        self._check = check
        self._apply = apply
        self.declare(table)
        node.add_on_set_parameters_callback(self._on_set)
        node.add_post_set_parameters_callback(self._on_changed)

    def declare(self, table: Sequence[Parameter]) -> None:
        """Declare parameters; raise ValueError if a start-up value is not allowed."""
        for parameter in table:
            declared = self._node.declare_parameter(
                parameter.name, parameter.default, parameter.descriptor())
            parameter.check(declared.value)
            self._table[parameter.name] = parameter

    def values(self) -> dict[str, Any]:
        """Return the current values by name."""
        return {name: self._node.get_parameter(name).value for name in self._table}

    def _on_set(self, changes: list[RosParameter]) -> SetParametersResult:
        ours = {change.name: change.value for change in changes if change.name in self._table}
        try:
            for name, value in ours.items():
                if not self._table[name].live and self._is_configured():
                    raise ValueError(
                        f'{name} is fixed while the node is configured; clean the node up first')
                self._table[name].check(value)
            if ours and self._is_configured():
                self._check({**self.values(), **ours})
        except ValueError as error:
            return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    def _on_changed(self, changes: list[RosParameter]) -> None:
        if self._is_configured() and any(change.name in self._table for change in changes):
            self._apply(self.values())
