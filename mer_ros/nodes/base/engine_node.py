"""What every lifecycle node of the package shares: states, parameters, diagnostics, the switch.

States and what happens between them (the states are those of ROS 2, `switched off` is ours):

    unconfigured --configure: build--> inactive --activate: start--> active
    unconfigured <--cleanup: free----- inactive <--deactivate------- active

- A build or start that fails undoes what it did; the node stays where it was, and diagnostics say
  why until the next transition succeeds.  A transition that is not possible is refused.
- Deactivating, ``~/enable`` false and a clock that jumps back begin a new generation: what waits is
  discarded, and of a job in progress nothing is published or stored any more.
- Only an active node that is switched on takes input.
- No exception of a callback ends the process: it is counted, logged and shown in diagnostics.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from functools import wraps
from time import monotonic, thread_time
import traceback
from typing import Any

from lifecycle_msgs.srv import ChangeState
from rclpy._rclpy_pybind11 import RCLError  # rclpy exports it nowhere else
from rclpy.clock import Clock, ClockType, JumpThreshold, TimeJump
from rclpy.duration import Duration
from rclpy.event_handler import PublisherEventCallbacks
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.qos import QoSProfile
from std_srvs.srv import SetBool

from mer_ros.data import BadInput, NANOSECONDS
from mer_ros.nodes.base.answers import answering
from mer_ros.nodes.base.bond import HEARTBEAT, ManagerBond
from mer_ros.nodes.base.clock_watch import ClockWatch
from mer_ros.nodes.base.diagnostics import Diagnostics
from mer_ros.nodes.base.guarded_node import GuardedNode, UNHEARD
from mer_ros.nodes.base.input_checks import Stream, type_name
from mer_ros.nodes.base.meter import Reading
from mer_ros.nodes.base.parameters import Parameter, Parameters
from mer_ros.nodes.base.qos import QOS_OVERRIDES
from mer_ros.nodes.base.report import report
from mer_ros.nodes.base.site import Purpose, Site, SITE_POLICY
from mer_ros.nodes.base.switch import Switch
from mer_ros.nodes.base.worker import Worker

AUTOSTART = Parameter(
    name='autostart', default=True,
    description='configure and activate at start, without a lifecycle manager')
ENABLED = Parameter(
    name='enabled', default=True,
    description='whether perception is enabled at the first start; later the last call of ~/enable '
                'applies, also after a restart')

COMMON = (AUTOSTART, ENABLED, SITE_POLICY, HEARTBEAT)
"""The parameters of every node."""

CLOCK_PERIOD = 0.5
"""Seconds between two looks at whether the system's time was set back."""

Callback = TransitionCallbackReturn


class EngineNode(GuardedNode, LifecycleNode):
    """A lifecycle node around an engine that knows no ROS; see the states above.

    A subclass builds the engine (``build``), subscribes (``start``) and says how to forget people
    (``forget``).  What it makes with ``subscribe``, ``every``, ``advertise`` and ``employ`` ends
    by itself; ``stop`` and ``free`` are for the rest.
    """

    purpose = Purpose('does not say what it perceives', 'what it needs')
    """What the notice tells the people before the robot."""

    remarks: Mapping[str, str] = {}
    """What to tell the user when one of the engine's ``counts`` rises, by name."""

    def __init__(self, name: str, parameters: Sequence[Parameter], **options: Any) -> None:
        self.engine: Any = None
        self.failure = ''
        """Why the last transition failed; '' when it did not."""
        self.workers: list[Worker] = []
        self.outlasted = False
        """Whether a job has outlasted the engine that it works with."""
        self.streams: dict[str, Stream] = {}
        """The topics that never pause."""
        self._started = False
        self._active: list[tuple[Callable[[Any], object], Any]] = []
        self._publishers_made: list[Any] = []
        self.remarked: Counter[str] = Counter()
        super().__init__(name, **options)
        self.parameters = Parameters(
            self, (*COMMON, *parameters), check=self.check,
            apply=self.faults.guard('parameters', self.apply),
            is_configured=lambda: self.state in ('inactive', 'active'))
        self.switch = Switch(self.get_fully_qualified_name(),
                             default=self.get_parameter('enabled').value)
        self.bond = ManagerBond(self)
        self.site = Site(self, self.purpose, self._on_forbidden)
        self.create_service(SetBool, '~/enable', self._on_enable)
        self._service_change_state.callback = answering(
            ChangeState, 'change_state', self._refusing(self._service_change_state.callback),
            self.faults)
        self._diagnostics = Diagnostics(self, self._report)
        self._clock_watch = ClockWatch()
        self.create_timer(CLOCK_PERIOD, self._watch_clock,
                          clock=Clock(clock_type=ClockType.STEADY_TIME))
        self._jump = self.get_clock().create_jump_callback(
            JumpThreshold(min_forward=None, min_backward=Duration(nanoseconds=-1),
                          on_clock_change=True),
            post_callback=self.faults.guard('clock', self._on_jump))

    # What a subclass provides.

    def build(self, values: Mapping[str, Any]) -> None:
        """Load models and build the engine; raise with a reason that helps the user."""
        raise NotImplementedError

    def start(self, values: Mapping[str, Any]) -> None:
        """Subscribe and start working."""
        raise NotImplementedError

    def stop(self) -> None:
        """End what ``start`` made by other means than ``subscribe`` and ``every``."""

    def free(self) -> None:
        """Drop what ``build`` made, besides the engine, publishers and workers."""

    def forget(self) -> None:
        """Drop all evidence held about people, keep working.  What waited is discarded already."""
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

    @property
    def state(self) -> str:
        """The lifecycle state, such as 'inactive', or 'activating' on the way to one."""
        return str(self._state_machine.current_state[1])

    @property
    def enabled(self) -> bool:
        """Whether the node may perceive."""
        return self.switch.is_on and not self.site.forbidden

    @property
    def why_off(self) -> str:
        """Why the node may not perceive; '' if it may."""
        if not self.switch.is_on:
            return 'switched off'
        return self.site.forbidden and f'off by the site policy: {self.site.forbidden}'

    def on_configure(self, state: LifecycleState) -> Callback:
        """Build the engine; stay unconfigured, with the reason in diagnostics, if that fails."""
        try:
            values = self.parameters.values()
            self.site.obey(values['site_policy'])
            self.build(values)
        except Exception as error:  # any model may fail in its own way; the reason is reported
            self._refuse_transition('cannot be configured', error)
            self._free()
            return Callback.FAILURE
        self.failure = ''
        self.remarked.clear()
        return Callback.SUCCESS

    def on_activate(self, state: LifecycleState) -> Callback:
        """Subscribe; stay inactive, with the reason in diagnostics, if that fails."""
        try:
            result = super().on_activate(state)
            self._started = True
            self.start(self.parameters.values())
        except Exception as error:
            self._refuse_transition('cannot be activated', error)
            self._stop()
            super().on_deactivate(state)
            return Callback.FAILURE
        self.failure = ''
        values = self.parameters.values()
        # A node that starts itself has no manager.
        self.faults.guard('bond', self.bond.open)(
            0.0 if values['autostart'] else values['bond_heartbeat_period'])
        self._announce()
        self._tell()
        return result

    def on_deactivate(self, state: LifecycleState) -> Callback:
        """Unsubscribe, forget, and disable the lifecycle publishers."""
        self._stop()
        self._begin_afresh(self.forget)
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> Callback:
        """Free the engine."""
        self._free()
        self.failure = ''
        return Callback.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> Callback:
        """Stop whatever runs and free everything."""
        self.close()
        return Callback.SUCCESS

    def on_error(self, state: LifecycleState) -> Callback:
        """Give everything up after a transition that raised; the node is unconfigured again."""
        self.failure = f'a transition failed from {state.label}'
        self.get_logger().error(self.failure)
        self.close()
        return Callback.SUCCESS

    def close(self) -> None:
        """Stop and free, in whatever state the node is."""
        self._stop()
        self._free()

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
        self, kind: type, topic: str, callback: Callable[..., Any], qos: QoSProfile | int,
        *, overridable: bool = True, always: bool = False, stream: bool = False,
        kinds: Collection[str] = (),
    ) -> Any:
        """Subscribe until the node is deactivated; nothing is passed on while switched off.

        overridable: Declare parameters by which users change the QoS.  They stay declared, so
            that a topic which comes and goes under ever new names does without.
        always: Pass on what is no perception, such as who is who, while switched off too.
        stream: The topic never pauses, as images and sound; diagnostics warn when it does, and
            name others of these ``kinds`` of messages; none = of this one.
        """
        followed = Stream(kinds or [type_name(kind)])
        if stream:
            followed = self.streams.setdefault(topic, followed)

        @wraps(callback)
        def counted(*arguments: Any) -> None:
            if always or self.enabled:
                self._watch_clock()
                now = monotonic()
                self.meter.received(now)
                followed.last = now
                callback(*arguments)

        subscription = self.create_subscription(
            kind, topic, counted, copy(qos),
            qos_overriding_options=QOS_OVERRIDES if overridable else None)
        self._active.append((self.destroy_subscription, subscription))
        return subscription

    @property
    def subscribed(self) -> list[Any]:
        """The subscriptions that are active."""
        return [one for _, one in self._active if hasattr(one, 'topic_name')]

    def unsubscribe(self, subscription: Any) -> None:
        """End a subscription before the node is deactivated."""
        self._active = [one for one in self._active if one[1] is not subscription]
        self.destroy_subscription(subscription)

    def every(self, seconds: float, callback: Callable[[], object], *, always: bool = False
              ) -> None:
        """Call back until the node is deactivated.

        By the node's clock, but not while switched off; ``always`` by a steady clock, and then too.
        """
        @wraps(callback)
        def tick() -> None:
            if self.enabled or always:
                callback()

        clock = Clock(clock_type=ClockType.STEADY_TIME) if always else None
        self._active.append((self.destroy_timer, self.create_timer(seconds, tick, clock=clock)))

    def advertise(self, kind: type, topic: str, qos: QoSProfile | int) -> Any:
        """Create a lifecycle publisher with QoS that users may override, until the clean-up."""
        publisher = self.create_lifecycle_publisher(
            kind, topic, copy(qos), qos_overriding_options=QOS_OVERRIDES,
            event_callbacks=PublisherEventCallbacks(**UNHEARD))
        self._publishers_made.append(publisher)
        return publisher

    def employ(self, *, capacity: int, name: str = '') -> Worker:
        """Start a worker that ends at the clean-up."""
        worker = Worker(capacity=capacity, name=name or self.get_name(),
                        on_error=lambda error: self.faults.fail('a job failed', error))
        self.workers.append(worker)
        return worker

    def put(self, worker: Worker, job: Callable[[], object]) -> None:
        """Hand a job on data to a worker; an older one that had to make room is counted."""
        if not worker.put(job):
            self.meter.count('dropped')

    def attempt(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Run engine code on one input; bad input and failures are counted and logged, not raised.

        Returns the result, or None where there is none.
        """
        began, worked = monotonic(), thread_time()
        try:
            result = work(*arguments)
        except BadInput as error:
            self.complain(error.reason, str(error))
            return None
        except Exception as error:  # a failing model must not take the graph down
            self.faults.fail('an input could not be processed', error)
            return None
        self.meter.took(monotonic() - began, thread_time() - worked)
        return result

    def note_age(self, name: str, stamp: int) -> None:
        """Remember the age of an input with this name and stamp, now that work on it begins."""
        if now := self.now:
            self.meter.aged(name, (now - stamp) / NANOSECONDS)

    # Inside.

    def _refusing(self, change: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """Return the service that changes states, which refuses what is not possible now."""
        def answer(request: Any, response: Any) -> Any:
            try:
                return change(request, response)
            except RCLError as error:
                wanted = request.transition.label or request.transition.id
                self.faults.warn('transition', f'{wanted} is not possible while the node is '
                                               f'{self.state} ({error})')
                response.success = False
                return response

        return answer

    def _refuse_transition(self, what: str, error: Exception) -> None:
        self.failure = f'{what}: {type(error).__name__}: {error}'
        # These say themselves what is wrong: weights that are missing, settings that do not fit.
        explained = isinstance(error, (OSError, ImportError, ValueError))
        where = '' if explained else f'\n{"".join(traceback.format_tb(error.__traceback__))}'
        self.get_logger().error(f'{self.failure}{where}')

    def _announce(self) -> None:
        """Say in one line that the node is ready, and with what."""
        models = ', '.join(f'{name}: {value}' for name, value in self.models().items() if value)
        listens = ', '.join(sorted({one.topic_name for one in self.subscribed}))
        tells = ', '.join(sorted({one.topic_name for one in self._publishers_made}))
        self.get_logger().info(
            f'{"ready" if self.enabled else self.why_off.upper() + " (see ~/enable)"}; '
            f'{models}{"; " if models else ""}listens to {listens}; publishes {tells}')
        if self.switch.problem:
            self.get_logger().warning(self.switch.problem)

    def models(self) -> dict[str, str]:
        """Return the names of the models by what they are for."""
        return {}

    def kept_on_disk(self) -> str:
        """Return what the node keeps of people on disk, as a phrase; '' for nothing."""
        return ''

    def _tell(self) -> None:
        """Publish the notice, if it has changed."""
        self.site.tell(
            why_not=self.why_off if self._started else 'it is not active',
            collects=self.kept_on_disk(),
            publishes=sorted({one.topic_name for one in self._publishers_made}))

    def _stop(self) -> None:
        if self._started:
            self._started = False
            self.faults.guard('bond', self.bond.close)()
            self.faults.guard('notice', self._tell)()
            self.faults.guard('stop', self.stop)()
        for destroy, entity in self._active:
            destroy(entity)
        self._active = []
        self.streams.clear()

    def _free(self) -> None:
        for worker in self.workers:
            if not worker.stop():
                self.outlasted = True
                self.faults.warn('worker', 'a model has not finished with its last input; its '
                                           'memory is free when it has')
        self.workers = []
        self.faults.guard('free', self.free)()
        for publisher in self._publishers_made:
            self.destroy_lifecycle_publisher(publisher)
        self._publishers_made = []
        self.engine = None

    def _begin_afresh(self, forget: Callable[[], None]) -> None:
        for worker in self.workers:
            if discarded := worker.renew():
                self.meter.count('discarded', discarded)
        self.faults.guard('forget', forget)()

    def _on_jump(self, jump: TimeJump) -> None:
        self._rewind()

    def _watch_clock(self) -> None:
        # Simulated time tells of its jumps itself.
        if self._clock_watch.jumped_back() and not self.get_clock().ros_time_is_active:
            for timer in self.timers:
                timer.reset()  # else it would wait until the time it was to be called comes again
            self._rewind()

    def _rewind(self) -> None:
        if self.engine is not None:
            self.get_logger().info('the clock jumped back: all evidence is forgotten')
            self._begin_afresh(self.rewind)

    def _on_enable(self, request: SetBool.Request, response: SetBool.Response) -> Any:
        self.switch.set(request.data)
        if not self.enabled and self.state == 'active':
            self._begin_afresh(self.forget)
        self._tell()
        response.success = self.enabled == request.data
        response.message = '; '.join(
            filter(None, (self.why_off or 'perceiving', self.switch.problem)))
        return response

    def _on_forbidden(self) -> None:
        self.get_logger().warning(self.why_off)
        if self.state == 'active':
            self._begin_afresh(self.forget)

    def _report(self) -> tuple[str, str, dict[str, object]]:
        self.site.look()
        self._tell()
        return report(self, self.meter.read(monotonic()))
