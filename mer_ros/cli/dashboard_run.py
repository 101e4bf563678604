"""The dashboard as a program: the emotions of a ROS graph on a web page."""

import asyncio
import signal

from rich.console import Console

from mer_ros.dashboard.guard import is_loopback
from mer_ros.dashboard.server import DashboardServer
from mer_ros.nodes.watch.ros_source import RosSource


def run_dashboard(*, namespace: str = '', host: str = '127.0.0.1', port: int = 8765) -> int:
    """Serve the dashboard until SIGINT or SIGTERM; return the exit status.

    Args:
        namespace: namespace of the emotion topics.
        host: address to bind to; beyond loopback everybody in the network can look.
        port: port to bind to, 0 for a free one.

    Raises:
        OSError: the address cannot be bound.

    """
    console = Console(soft_wrap=True)
    if not is_loopback(host):
        console.print(
            f'[bold red]warning[/] whoever can reach {host} on the network sees how the people '
            'in front of this robot feel; there is no password')
    source = RosSource('dashboard', namespace)
    try:
        asyncio.run(_serve(source, host, port, console))
    finally:
        source.close()
    return 0


async def _serve(source: RosSource, host: str, port: int, console: Console) -> None:
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    async with DashboardServer(source).serving(host, port) as bound:
        shown = f'[{host}]' if ':' in host else host
        console.print(f'{source.topic} is shown at http://{shown}:{bound}/   (Ctrl-C ends it)')
        await end.wait()
