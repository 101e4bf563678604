"""What every lifecycle node of the package shares: states, parameters, diagnostics, the switch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from time import monotonic
from typing import Any

from rclpy.clock import JumpThreshold, TimeJump
from rclpy.duration import Duration
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.qos import QoSPolicyKind, QoSProfile
from rclpy.qos_overriding_options import QoSOverridingOptions
from std_srvs.srv import SetBool

from mer_ros.data import BadInput, NANOSECONDS
from mer_ros.nodes.base.diagnostics import Diagnostics
from mer_ros.nodes.base.meter import Meter, Reading
from mer_ros.nodes.base.parameters import Parameter, Parameters

AUTOSTART = Parameter(
    name='autostart', default=True,
    description='configure and activate at start, without a lifecycle manager')

LOG_PERIOD = 5.0
"""Seconds in which the same complaint is logged once."""

IDLE_AFTER = 5.0
"""Seconds without input after which a node that had some is stale."""

QOS_OVERRIDES = QoSOverridingOptions((
    QoSPolicyKind.HISTORY, QoSPolicyKind.DEPTH, QoSPolicyKind.RELIABILITY,
    QoSPolicyKind.DURABILITY))
"""What users may change of every topic's QoS with parameters `qos_overrides.*`.

rclpy writes the overrides into the profile that it is given, so give it a copy: profiles are
shared by every node of a process.
"""

Callback = TransitionCallbackReturn


class EngineNode(LifecycleNode):
    """A lifecycle node around an engine that knows no ROS.

    Its only jobs: build the engine in configure, subscribe in activate, unsubscribe in
    deactivate, free in cleanup; check parameters; count, log (throttled) and report what goes
    wrong; stop at once when ``~/enable`` says so.  A subclass gives the engine
    (``build``/``free``) and the topics (``start``/``stop``).
    """

    remarks: Mapping[str, str] = {}
    """What to tell the user when one of the engine's ``counts`` rises, by name."""

    def __init__(self, name: str, parameters: Sequence[Parameter], **options: Any) -> None:
        self.engine: Any = None
        super().__init__(name, **options)
        self.meter = Meter()
        self.enabled = True
        self._state = 'unconfigured'
        self._failure = ''
        self._logged: dict[str, float] = {}
        self._remarked: Counter[str] = Counter()
        self.parameters = Parameters(
            self, (AUTOSTART, *parameters), check=self.check, apply=self.apply,
            is_configured=lambda: self._state in ('inactive', 'active'))
        self._diagnostics = Diagnostics(self, self._report)
        self._switch = self.create_service(SetBool, '~/enable', self._on_enable)
        self._jump = self.get_clock().create_jump_callback(
            JumpThreshold(min_forward=None, min_backward=Duration(nanoseconds=-1),
                          on_clock_change=True),
            post_callback=self._on_jump)

    # What a subclass provides.

    def build(self, values: Mapping[str, Any]) -> None:
        """Load models and build the engine; raise with a reason that helps the user."""
        raise NotImplementedError

    def start(self, values: Mapping[str, Any]) -> None:
        """Subscribe and start working."""
        raise NotImplementedError

    def stop(self) -> None:
        """Unsubscribe and stop working; nothing may be published afterwards."""
        raise NotImplementedError

    def free(self) -> None:
        """Drop the engine and its models."""
        raise NotImplementedError

    def forget(self) -> None:
        """Drop all evidence held about people, keep working."""
        raise NotImplementedError

    def rewind(self) -> None:
        """Start afresh, since the clock jumped back, as when a bag loops."""
        self.forget()

    def check(self, values: Mapping[str, Any]) -> None:
        """Raise ValueError if these parameters would not work together."""

    def apply(self, values: Mapping[str, Any]) -> None:
        """Take over live parameters that have been accepted."""

    def describe(self, reading: Reading) -> dict[str, object]:
        """Return further values for the diagnostics."""
        return {}

    def warnings(self, reading: Reading) -> list[str]:
        """Return what a user should look at, most urgent first."""
        return []

    # Lifecycle.

    def on_configure(self, state: LifecycleState) -> Callback:
        """Build the engine; stay unconfigured, with the reason in diagnostics, if that fails."""
        try:
            self.build(self.parameters.values())
        except Exception as error:  # any model may fail in its own way; the reason is reported
            self._failure = f'{type(error).__name__}: {error}'
            self.get_logger().error(f'cannot be configured: {self._failure}')
            self.free()
            return Callback.FAILURE
        self._failure = ''
        self._remarked.clear()
        self._state = 'inactive'
        return Callback.SUCCESS

    def on_activate(self, state: LifecycleState) -> Callback:
        """Enable the lifecycle publishers, then subscribe."""
        result = super().on_activate(state)
        self._state = 'active'
        self.start(self.parameters.values())
        return result

    def on_deactivate(self, state: LifecycleState) -> Callback:
        """Unsubscribe, forget, and disable the lifecycle publishers."""
        self._state = 'inactive'
        self.stop()
        self.forget()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> Callback:
        """Free the engine."""
        self._state = 'unconfigured'
        self.free()
        return Callback.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> Callback:
        """Stop whatever runs and free everything."""
        self.close()
        self._state = 'finalized'
        return Callback.SUCCESS

    def close(self) -> None:
        """Stop and free, in whatever state the node is."""
        if self._state == 'active':
            self.stop()
        if self._state in ('active', 'inactive'):
            self.free()
        self._state = 'unconfigured'

    def autostart(self) -> bool:
        """Configure and activate if the parameter asks for it; return whether both succeeded."""
        return (self.get_parameter('autostart').value
                and self.trigger_configure() == Callback.SUCCESS
                and self.trigger_activate() == Callback.SUCCESS)

    # Helpers for subclasses.

    @property
    def now(self) -> int:
        """The node's time in nanoseconds; 0 while there is none (use_sim_time without /clock)."""
        return int(self.get_clock().now().nanoseconds)

    def subscribe(
        self, kind: type, topic: str, callback: Callable[[Any], None], qos: QoSProfile | int,
        *, overridable: bool = True,
    ) -> Any:
        """Subscribe; nothing is passed on while switched off.

        overridable: Declare parameters by which users change the QoS.  They stay declared, so
            that a topic which comes and goes under ever new names does without.
        """
        def guarded(message: Any) -> None:
            if self.enabled:
                self.meter.received(monotonic())
                callback(message)

        return self.create_subscription(
            kind, topic, guarded, copy(qos),
            qos_overriding_options=QOS_OVERRIDES if overridable else None)

    def advertise(self, kind: type, topic: str, qos: QoSProfile | int) -> Any:
        """Create a lifecycle publisher with QoS that users may override."""
        return self.create_lifecycle_publisher(
            kind, topic, copy(qos), qos_overriding_options=QOS_OVERRIDES)

    def attempt(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Run engine code on one input; bad input and failures are counted and logged, not raised.

        Returns the result, or None where there is none.
        """
        began = monotonic()
        try:
            result = work(*arguments)
        except BadInput as error:
            self.complain(error.reason, str(error))
            return None
        except Exception as error:  # a failing model must not take the graph down
            self.meter.count('errors')
            self._failure = f'{type(error).__name__}: {error}'
            self.complain('failure', f'an input could not be processed: {self._failure}')
            return None
        self.meter.took(monotonic() - began)
        return result

    def note_age(self, stamp: int) -> None:
        """Remember the age of an input with this stamp, now that work on it begins."""
        self.meter.aged((self.now - stamp) / NANOSECONDS)

    def complain(self, reason: str, message: str) -> None:
        """Count a refused input under its reason and log it once in a while."""
        self.meter.count(f'refused.{reason}')
        self._log(reason, message)

    # Inside.

    def _log(self, reason: str, message: str) -> None:
        now = monotonic()
        if now - self._logged.get(reason, -LOG_PERIOD) >= LOG_PERIOD:
            self._logged[reason] = now
            self.get_logger().warning(f'[{reason}] {message}')

    def _remark(self) -> list[str]:
        """Log what the engine has counted since the last call and the user should know."""
        found = []
        for name, meaning in self.remarks.items():
            rise = self.engine.counts[name] - self._remarked[name]
            if rise:
                self._remarked[name] += rise
                self._log(name, meaning)
                found.append(f'{name}: {rise}')
        return found

    def _on_jump(self, jump: TimeJump) -> None:
        if self.engine is not None:
            self.get_logger().info('the clock jumped back: all evidence is forgotten')
            self.rewind()

    def _on_enable(self, request: SetBool.Request, response: SetBool.Response) -> Any:
        self.enabled = request.data
        if not self.enabled and self._state == 'active':
            self.forget()
        response.success = True
        response.message = 'perceiving' if self.enabled else 'switched off'
        return response

    def _report(self) -> tuple[str, str, dict[str, object]]:
        reading = self.meter.read(monotonic())
        values: dict[str, object] = {
            'lifecycle state': self._state,
            'enabled': self.enabled,
            'input rate (Hz)': float(reading.recent['received']),
            'last input (s ago)': 'never' if reading.idle is None else round(reading.idle, 1),
            'input age (ms)': reading.age_ms,
            'processing median (ms)': reading.median_ms,
            'processing p95 (ms)': reading.p95_ms,
            **self.describe(reading),
            **({f'engine.{name}': count for name, count in sorted(self.engine.counts.items())}
               if self.engine is not None else {}),
            **dict(sorted(reading.totals.items())),
        }
        if self._failure and (self._state == 'unconfigured' or reading.recent['errors']):
            return 'error', self._failure, values
        if self._state != 'active':
            return 'warn', self._state, values
        if not self.enabled:
            return 'ok', 'switched off', values
        warnings = self.warnings(reading) + self._remark()
        refused = sorted(name.removeprefix('refused.') for name in reading.recent
                         if name.startswith('refused.'))
        if refused:
            warnings.append(f'refusing input: {", ".join(refused)}')
        if reading.idle is None:
            warnings.append('no input yet')
        elif reading.idle > IDLE_AFTER:
            return 'stale', '; '.join([f'no input for {reading.idle:.0f} s', *warnings]), values
        return ('warn', '; '.join(warnings), values) if warnings else ('ok', 'perceiving', values)
