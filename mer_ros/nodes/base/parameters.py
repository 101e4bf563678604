"""Parameters as data: declared, described, checked when set, documented from one table."""

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)
from rclpy.exceptions import InvalidParameterTypeException
from rclpy.node import Node
from rclpy.parameter import Parameter as RosParameter


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a node: its default stands here and nowhere else.

    ``range`` holds the lowest and highest allowed number; ``choices`` the allowed words;
    ``verify`` raises ValueError for any other value that is not allowed; ``live`` tells whether it
    may change while the node is configured.
    """

    name: str
    default: bool | int | float | str | list[str] | list[float]
    description: str
    range: tuple[float, float] | None = None
    choices: Sequence[str] = ()
    verify: Callable[[Any], object] = lambda _: None
    live: bool = False

    def convert(self, value: Any) -> Any:
        """Return the value with whole numbers as floats where the default is a float."""
        if type(self.default) is float and type(value) is int:
            return float(value)
        if (isinstance(self.default, list) and type(self.default[0]) is float
                and isinstance(value, (list, array)) and all(type(one) is int for one in value)):
            return [float(one) for one in value]
        return value

    def check(self, value: Any) -> None:
        """Raise ValueError, saying what is allowed, if the value is not."""
        if self.choices and value not in self.choices:
            raise ValueError(f'{self.name}={value!r} is not one of {list(self.choices)}')
        if self.range is not None and not self.range[0] <= value <= self.range[1]:
            raise ValueError(
                f'{self.name}={value} is outside {self.range[0]} to {self.range[1]}')
        self.verify(value)

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
    parameter that is not live would change while ``is_configured()``, or when ``check`` raises
    ValueError for the whole proposed set.  ``apply`` runs after an accepted change.  A whole number
    is accepted where a float is declared, at the start and later.
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
        node.add_pre_set_parameters_callback(self._convert)
        node.add_on_set_parameters_callback(self._on_set)
        node.add_post_set_parameters_callback(self._on_changed)

    def declare(self, table: Sequence[Parameter]) -> None:
        """Declare parameters; raise ValueError if a start-up value is not allowed."""
        for parameter in table:
            try:
                value = self._declare(parameter)
            except InvalidParameterTypeException:
                value = self._declare_converted(parameter)
            parameter.check(value)
            self._table[parameter.name] = parameter

    def _declare(self, parameter: Parameter) -> Any:
        return self._node.declare_parameter(
            parameter.name, parameter.default, parameter.descriptor()).value

    def _declare_converted(self, parameter: Parameter) -> Any:
        """Declare a parameter of which a value of another type was given at the start."""
        name = parameter.name
        given = self._node.declare_parameter(
            name, parameter.default, ParameterDescriptor(dynamic_typing=True)).value
        self._node.undeclare_parameter(name)
        converted = parameter.convert(given)
        if converted is given:
            return self._declare(parameter)  # raises what rclpy says of the type
        return self._node.declare_parameter(
            name, converted, parameter.descriptor(), ignore_override=True).value

    def values(self) -> dict[str, Any]:
        """Return the current values by name."""
        return {name: self._node.get_parameter(name).value for name in self._table}

    def _convert(self, changes: list[RosParameter]) -> list[RosParameter]:
        return [self._converted(change) if change.name in self._table
                else self._allowed(change) for change in changes]

    def _allowed(self, change: RosParameter) -> RosParameter:
        """Return what can be set in place of a foreign parameter that is set to what it is.

        rclpy refuses to set what is read-only even then, and with it a dump of the node.
        """
        name = change.name
        if (self._node.has_parameter(name) and self._node.describe_parameter(name).read_only
                and _equal(change.value, self._node.get_parameter(name).value)):
            return self._node.get_parameter(next(iter(self._table)))
        return change

    def _converted(self, change: RosParameter) -> RosParameter:
        value = self._table[change.name].convert(change.value)
        return change if value is change.value else RosParameter(change.name, value=value)

    def _on_set(self, changes: list[RosParameter]) -> SetParametersResult:
        values = self.values()
        ours = {change.name: change.value for change in changes
                if change.name in self._table and not _equal(change.value, values[change.name])}
        try:
            for name, value in ours.items():
                if not self._table[name].live and self._is_configured():
                    raise ValueError(
                        f'{name} is fixed while the node is configured; clean the node up first')
                self._table[name].check(value)
            if ours and self._is_configured():
                self._check({**values, **ours})
        except ValueError as error:
            return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    def _on_changed(self, changes: list[RosParameter]) -> None:
        if self._is_configured() and any(change.name in self._table for change in changes):
            self._apply(self.values())


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, (list, array)) and isinstance(other, (list, array)):
        return list(one) == list(other)
    return bool(one == other)
