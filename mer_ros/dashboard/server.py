"""The web server: three files, and a websocket on which the states flow to everybody who looks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from websockets.asyncio.server import broadcast, serve, ServerConnection
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from mer_ros.dashboard.guard import refusal
from mer_ros.dashboard.wire import hello_text, state_text, time_text
from mer_ros.data import Emotion
from mer_ros.people import People

TIME_PERIOD = 0.5
"""Seconds between two tellings of the time."""

CLOSE_TIMEOUT = 0.5
"""Seconds that a viewer gets to say goodbye; who is dead does not hold the end up for longer."""

_STATIC = Path(__file__).resolve().parent / 'static'
_FILES = {
    '/': ('index.html', 'text/html; charset=utf-8'),
    '/style.css': ('style.css', 'text/css; charset=utf-8'),
    '/dashboard.js': ('dashboard.js', 'text/javascript; charset=utf-8'),
}
_SOCKET = '/states'
_LARGEST_REQUEST = 1024
_HEADERS = {
    'Cache-Control': 'no-store',
    # Nothing from elsewhere is loaded, and nobody may frame the page.
    'Content-Security-Policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
}


class Source(Protocol):
    """Where the states come from; it may live in another thread."""

    topic: str

    @property
    def now(self) -> int:
        """The present time in ns, 0 when there is none."""

    def start(self, on_state: Callable[[Emotion], object]) -> None:
        """Call ``on_state``, in any thread, for every state from now on."""

    def stop(self) -> None:
        """Stop listening."""


class DashboardServer:
    """Serves the page, and listens to the source only while somebody looks at it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._people = People()
        self._viewers: set[ServerConnection] = set()
        self._clock: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def serving(self, host: str, port: int) -> AsyncIterator[int]:
        """Serve as long as the block lasts; gives the port, which is chosen if 0 was asked for.

        Raises:
            OSError: the address cannot be bound.
        """
        async with serve(
            self._attend, host, port, process_request=self._answer, compression=None,
            max_size=_LARGEST_REQUEST, server_header=None, close_timeout=CLOSE_TIMEOUT,
        ) as server:
            yield server.sockets[0].getsockname()[1]

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """Return the response to a request; None opens the websocket."""
        path = request.path.partition('?')[0]
        if any(len(request.headers.get_all(name)) > 1 for name in ('Host', 'Origin')):
            return _response(HTTPStatus.BAD_REQUEST, b'one Host and one Origin are enough\n')
        problem = refusal(request.headers.get('Host'), request.headers.get('Origin'),
                          wants_origin=path == _SOCKET)
        if problem:
            return _response(HTTPStatus.FORBIDDEN, f'{problem}\n'.encode())
        if path == _SOCKET:
            return None
        if path not in _FILES:
            return _response(HTTPStatus.NOT_FOUND, b'there is only one page: /\n')
        name, kind = _FILES[path]
        return _response(HTTPStatus.OK, (_STATIC / name).read_bytes(), kind)

    async def _attend(self, viewer: ServerConnection) -> None:
        self._viewers.add(viewer)
        if len(self._viewers) == 1:
            loop = asyncio.get_running_loop()
            self._source.start(lambda state: loop.call_soon_threadsafe(self._show, state))
            self._clock = loop.create_task(self._tell_time())
        try:
            await viewer.send(hello_text(self._source.topic))
            for state in self._people.present(self._source.now).values():
                await viewer.send(state_text(state))
            await viewer.wait_closed()
        except ConnectionClosed:
            pass
        finally:
            self._viewers.discard(viewer)
            if not self._viewers and self._clock:
                self._source.stop()
                self._clock.cancel()
                self._people.clear()

    def _show(self, state: Emotion) -> None:
        if self._viewers:
            self._people.add(state)
            broadcast(self._viewers, state_text(state))

    async def _tell_time(self) -> None:
        while True:
            now = self._source.now
            broadcast(self._viewers, time_text(now, self._people.present(now)))
            await asyncio.sleep(TIME_PERIOD)


def _response(status: HTTPStatus, body: bytes, kind: str = 'text/plain; charset=utf-8') -> Response:
    headers = {
        **_HEADERS, 'Content-Type': kind, 'Content-Length': str(len(body)), 'Connection': 'close'}
    return Response(status.value, status.phrase, Headers(headers), body)
