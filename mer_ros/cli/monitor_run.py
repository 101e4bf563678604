"""What a running graph perceives, as live bars in a terminal or as lines of text."""

import signal
from time import monotonic

import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from mer_ros.data import Emotion
from mer_ros.evaluation.reports.state_view import people_view, state_line
from mer_ros.nodes.watch.people_watch import PeopleWatch
from mer_ros.people import People

PERIOD = 0.1
"""Seconds between two pictures."""

SETTLE = 0.5
"""Seconds that --once waits for further people after the first one."""


def run_monitor(*, namespace: str = '', once: bool = False, timeout: float = 10.0) -> int:
    """Show everybody who is perceived until SIGINT or SIGTERM; return the exit status.

    In a terminal the picture is live; anywhere else each state is printed as a line.

    Args:
        namespace: namespace of the emotion topics.
        once: print the present state of everybody, a line each, and end.
        timeout: seconds to wait for the first person with ``once``; the status is 1 after that.

    """
    # A shell that starts a program in the background has set SIGINT to be ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    console = Console()
    context = Context()
    rclpy.init(context=context, signal_handler_options=SignalHandlerOptions.NO)
    try:
        monitor = Monitor(namespace, console, context)
        if once:
            return monitor.show_once(timeout)
        monitor.show()
    except KeyboardInterrupt:
        pass
    finally:
        context.try_shutdown()
    return 0


class Monitor:
    """Follows the people in a namespace and shows them on a console."""

    def __init__(self, namespace: str, console: Console, context: Context) -> None:
        self._console = console
        self._people = People()
        self._watch = PeopleWatch(
            'monitor', namespace=namespace, on_state=self._on_state, context=context)
        self._executor = SingleThreadedExecutor(context=context)
        self._executor.add_node(self._watch)
        self._prints = False
        self._watch.start()

    def show(self) -> None:
        """Show what comes, for ever."""
        self._prints = not self._console.is_terminal
        if self._prints:
            while True:
                self._spin(PERIOD)
                self._present()  # forgets who has left
        with Live(self._picture(), console=self._console, auto_refresh=False) as live:
            while True:
                self._spin(PERIOD)
                live.update(self._picture(), refresh=True)

    def show_once(self, timeout: float) -> int:
        """Print everybody once; return 1 if nobody is perceived in time."""
        deadline = monotonic() + timeout
        while not self._present() and monotonic() < deadline:
            self._executor.spin_once(timeout_sec=PERIOD)
        if self._present():
            self._spin(SETTLE)
        present = self._present()
        for state in present.values():
            self._print(state)
        if not present:
            self._console.print(f'nobody was perceived on {self._topic} within {timeout:g} s')
        return int(not present)

    @property
    def _topic(self) -> str:
        return str(self._watch.resolve_topic_name('emotion'))

    def _present(self) -> dict[str, Emotion]:
        return self._people.present(self._watch.now)

    def _spin(self, seconds: float) -> None:
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            self._executor.spin_once(timeout_sec=left)

    def _on_state(self, state: Emotion) -> None:
        self._people.add(state)
        if self._prints:
            self._print(state)

    def _print(self, state: Emotion) -> None:
        self._console.print(state_line(state), soft_wrap=True, markup=False, highlight=False)

    def _picture(self) -> Group:
        present = self._present()
        count = '1 person' if len(present) == 1 else f'{len(present)} people'
        title = Text.assemble((self._topic, 'bold'), f'   {count}   ', ('Ctrl-C ends it', 'dim'),
                              no_wrap=True, overflow='ellipsis')
        size = self._console.size
        return Group(title, people_view(
            present, now=self._watch.now, width=size.width, height=size.height - 2))
