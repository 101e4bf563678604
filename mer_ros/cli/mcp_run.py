"""The tool server as a program: on standard input and output, or as HTTP on this machine."""

import asyncio
from contextlib import suppress
import os
import signal
import socket
import sys

from mer_ros.nodes.watch.ros_source import RosSource

try:
    from mcp.server import MCPServer
    from mcp.server.transport_security import TransportSecuritySettings
    import uvicorn

    from mer_ros.agents.tool_server import tool_server
except ImportError as error:
    raise ImportError(f'{error}; mer_ros mcp needs: pip install -r requirements/mcp.txt') from error

HOST = '127.0.0.1'


def run_mcp(*, namespace: str = '', port: int | None = None) -> int:
    """Answer until the client closes standard input, or SIGINT or SIGTERM; return the exit status.

    Args:
        namespace: namespace of the emotion topics.
        port: port of 127.0.0.1 to serve HTTP on, 0 for a free one; None is standard input and
            output.

    Raises:
        OSError: the port is taken.

    """
    # Standard output belongs to the protocol.
    os.environ['RCUTILS_LOGGING_USE_STDOUT'] = '0'
    listener = None if port is None else socket.create_server((HOST, port))
    source = RosSource('mcp', namespace)
    try:
        server = tool_server(source)
        with suppress(KeyboardInterrupt):
            asyncio.run(_talk(server, source) if listener is None else _serve(server, listener))
    finally:
        source.close()
    return 0


async def _talk(server: MCPServer, source: RosSource) -> None:
    def end() -> None:
        # A thread waits for the next line of standard input; it cannot be woken.
        source.close()
        os._exit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end)
    await server.run_stdio_async()


async def _serve(server: MCPServer, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    names = [f'{name}:{port}' for name in (HOST, 'localhost')]
    # A page elsewhere can let its own name point to this machine (DNS rebinding); such a request
    # names a host that is not this one.
    application = server.streamable_http_app(transport_security=TransportSecuritySettings(
        allowed_hosts=names, allowed_origins=[f'http://{name}' for name in names]))
    print(f'tools are served at http://{HOST}:{port}/mcp   (Ctrl-C ends it)', file=sys.stderr,
          flush=True)
    # It handles both signals, and raises them again when it has ended: here KeyboardInterrupt.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    await uvicorn.Server(uvicorn.Config(application, log_level='warning')).serve([listener])
