"""A dashboard whose states the test gives, and a browser without a window to look at it."""

import asyncio
import base64
from collections.abc import Callable, Iterator
from itertools import count
import json
from pathlib import Path
import shutil
import subprocess
from threading import Event, Thread
import time
from typing import Any
from urllib.request import urlopen

import pytest

from mer_ros.data import Emotion

PATIENCE = 30.0
BROWSERS = ('chromium', 'chromium-browser', 'google-chrome')


class Stand:
    """A dashboard at an address of this machine, and the source of what it shows."""

    topic = '/robot/emotion'

    def __init__(self) -> None:
        self.now = 0
        self.host = ''
        self.watched = Event()
        self.left = Event()
        self._on_state: Callable[[Emotion], None] = lambda state: None
        self._ready, self._end = Event(), Event()
        self._thread = Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._ready.wait(PATIENCE)

    def start(self, on_state: Callable[[Emotion], None]) -> None:
        """Be listened to."""
        self._on_state = on_state
        self.watched.set()

    def stop(self) -> None:
        """Be listened to no longer."""
        self.left.set()

    def show(self, *states: Emotion) -> None:
        """Perceive these states, as soon as somebody looks; the newest is now."""
        assert self.watched.wait(PATIENCE)
        for state in states:
            self.now = max(self.now, state.stamp)
            self._on_state(state)

    def close(self) -> None:
        """End the server."""
        self._end.set()
        self._thread.join(PATIENCE)

    async def _serve(self) -> None:
        from mer_ros.dashboard.server import DashboardServer

        async with DashboardServer(self).serving('127.0.0.1', 0) as port:
            self.host = f'127.0.0.1:{port}'
            self._ready.set()
            await asyncio.to_thread(self._end.wait)


@pytest.fixture
def stand() -> Iterator[Stand]:
    """Return a dashboard that nobody looks at yet."""
    pytest.importorskip('websockets')
    stand = Stand()
    yield stand
    stand.close()


class Page:
    """A page in the browser."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._numbers = count(1)
        self.requests: list[str] = []
        self.problems: list[str] = []
        for domain in ('Page', 'Runtime', 'Network', 'Log'):
            self.call(f'{domain}.enable')

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a method of the protocol; events that come meanwhile are noted."""
        number = next(self._numbers)
        self._socket.send(json.dumps({'id': number, 'method': method, 'params': parameters}))
        while True:
            message = json.loads(self._socket.recv(PATIENCE))
            if message.get('id') == number:
                assert 'error' not in message, f'{method}: {message["error"]}'
                return message['result']
            self._note(message)

    def _note(self, event: Any) -> None:
        if event['method'] == 'Network.requestWillBeSent':
            self.requests.append(event['params']['request']['url'])
        elif event['method'] == 'Network.webSocketCreated':
            self.requests.append(event['params']['url'])
        elif event['method'] == 'Runtime.exceptionThrown':
            self.problems.append(str(event['params']['exceptionDetails']))
        elif event['method'] == 'Log.entryAdded':
            self.problems.append(event['params']['entry']['text'])

    def open(
        self, url: str, *, width: int = 1280, height: int = 800, scheme: str = 'light'
    ) -> None:
        """Go to an address, in a window of this size and a theme, light or dark."""
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)
        self.call('Emulation.setEmulatedMedia',
                  features=[{'name': 'prefers-color-scheme', 'value': scheme}])
        self.call('Page.navigate', url=url)

    def ask(self, expression: str) -> Any:
        """Return the value of a JavaScript expression, awaited if it is a promise."""
        answer = self.call('Runtime.evaluate', expression=expression, returnByValue=True,
                           awaitPromise=True)
        assert 'exceptionDetails' not in answer, answer
        return answer['result'].get('value')

    def wait(self, expression: str) -> None:
        """Wait until a JavaScript expression is true."""
        give_up = time.monotonic() + PATIENCE
        while not self.ask(f'Boolean({expression})'):
            assert time.monotonic() < give_up, f'waited in vain for {expression}'
            time.sleep(0.05)

    def screenshot(self) -> bytes:
        """Return the page as PNG."""
        return base64.b64decode(self.call('Page.captureScreenshot')['data'])


@pytest.fixture(scope='module')
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Return a page of a headless Chromium, or skip where there is none."""
    connect = pytest.importorskip('websockets.sync.client').connect
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert program is not None
    profile = tmp_path_factory.mktemp('chromium')
    browser = subprocess.Popen(
        [program, '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run',
         '--disable-dev-shm-usage', '--disable-background-networking', '--hide-scrollbars',
         '--remote-debugging-port=0', f'--user-data-dir={profile}', 'about:blank'],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with connect(_page_address(browser, profile), max_size=None, origin=None) as socket:
            yield Page(socket)
    finally:
        browser.terminate()
        browser.wait(PATIENCE)


def _page_address(browser: subprocess.Popen[bytes], profile: Path) -> str:
    """Return where the page is controlled, once the browser has started."""
    told = profile / 'DevToolsActivePort'
    give_up = time.monotonic() + PATIENCE
    while not (told.exists() and told.read_text().count('\n')):
        assert browser.poll() is None, f'chromium ended with status {browser.returncode}'
        assert time.monotonic() < give_up, 'chromium did not start'
        time.sleep(0.05)
    port = told.read_text().splitlines()[0]
    with urlopen(f'http://127.0.0.1:{port}/json') as answer:
        (page,) = (target for target in json.load(answer) if target['type'] == 'page')
    return str(page['webSocketDebuggerUrl'])
