"""Where weights are looked for, fetched from and held against; servers are on this machine."""

from collections.abc import Iterator
from dataclasses import replace
import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
from pathlib import Path
import re
import threading

import pytest

from mer_ros.models.weights import weights_table
from mer_ros.models.weights.weights_cache import (
    BrokenWeights,
    cache_folder,
    CHECKSUMS,
    folder_of,
    locate,
    MissingWeights,
    state,
    verify,
)
from mer_ros.models.weights.weights_download import download, Offline
from mer_ros.models.weights.weights_table import ByHand, File, Hub, PROFILES, Site, WEIGHTS, Weights

CONTENT = bytes(range(256)) * 4000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves files by path, notes what is asked for, and can break off or lie."""

    def __init__(self) -> None:
        super().__init__(('127.0.0.1', 0), Answer)
        self.files: dict[str, bytes] = {}
        self.tags: dict[str, str] = {}
        self.asked: list[str] = []
        self.cut_after: int | None = None

    @property
    def url(self) -> str:
        return f'http://127.0.0.1:{self.server_port}'


class Answer(BaseHTTPRequestHandler):
    """Answers as a plain web server, and with the headers by which the hub describes a file."""

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        content = self.server.files.get(self.path)
        self.server.asked.append(f'{self.command} {self.path}')
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header('Content-Length', str(len(content)))
        self.send_header('ETag', f'"{self.server.tags.get(self.path, "0123")}"')
        self.send_header('X-Repo-Commit', 'c' * 40)
        self.end_headers()
        if body:
            self.wfile.write(content[:self.server.cut_after])

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv('MER_ROS_CACHE', str(tmp_path / 'cache'))
    for name in ('MER_ROS_OFFLINE', 'HF_HUB_OFFLINE', 'HF_ENDPOINT'):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / 'cache'


def known(monkeypatch: pytest.MonkeyPatch, source, *files: File, name: str = 'toy') -> Weights:
    """Add weights to the table for the time of a test."""
    weights = Weights(name, 'text', 'a toy', source, 'none', 1, files)
    monkeypatch.setitem(WEIGHTS, name, weights)
    return weights


def put(weights: Weights, content: bytes = CONTENT) -> Path:
    """Put the files of weights into the cache, as a person would."""
    folder = folder_of(weights.name)
    folder.mkdir(parents=True, exist_ok=True)
    for file in weights.files:
        (folder / file.name).write_bytes(content)
    return folder


def left_over(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.rglob('*') if path.is_file())


def test_every_entry_of_the_table_can_be_used():
    for name, weights in WEIGHTS.items():
        assert name == weights.name
        assert weights.files
        assert weights.licence
        assert weights.megabytes > 0
        if isinstance(weights.source, Site):
            assert weights.source.url.startswith('https://')
            assert all(file.sha256 for file in weights.files)
        for file in weights.files:
            assert file.sha256 is None or re.fullmatch('[0-9a-f]{64}', file.sha256)
    assert all(name in WEIGHTS for names in PROFILES.values() for name in names)


def test_the_cache_is_where_the_user_wants_it(monkeypatch, tmp_path):
    assert cache_folder() == tmp_path / 'cache'
    monkeypatch.delenv('MER_ROS_CACHE')
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'xdg'))
    assert cache_folder() == tmp_path / 'xdg' / 'mer_ros'
    monkeypatch.delenv('XDG_CACHE_HOME')
    monkeypatch.setenv('HOME', str(tmp_path / 'home'))
    assert cache_folder() == tmp_path / 'home' / '.cache' / 'mer_ros'


def test_an_unknown_name_is_answered_with_the_known_ones():
    for function in (locate, verify, download):
        with pytest.raises(ValueError, match=r"no weights are called 'bert'.*distilroberta"):
            function('bert')


def test_missing_weights_say_how_to_get_them(monkeypatch, cache):
    known(monkeypatch, Hub('someone/something'), File('a.bin'), File('b.json'))
    with pytest.raises(MissingWeights) as error:
        locate('toy')
    message = str(error.value)
    assert 'a.bin, b.json missing' in message
    assert '`mer_ros models download toy`' in message
    assert str(cache / 'weights' / 'toy') in message
    assert 'hf:someone/something' in message
    assert state('toy') == 'missing'


def test_one_file_is_located_as_a_file_and_several_as_their_folder(monkeypatch):
    one = known(monkeypatch, ByHand('a shelf'), File('a.bin'))
    two = known(monkeypatch, ByHand('a shelf'), File('a.bin'), File('b.bin'), name='two')
    file, folder = put(one) / 'a.bin', put(two)
    assert locate('toy') == file
    assert locate('two') == folder


def test_locating_reads_no_file(monkeypatch):
    path = put(known(monkeypatch, ByHand('a shelf'), File('a.bin', len(CONTENT)))) / 'a.bin'
    monkeypatch.setattr(Path, 'open', None)
    assert locate('toy') == path


def test_a_truncated_file_is_noticed_at_once(monkeypatch):
    weights = known(monkeypatch, ByHand('a shelf'), File('a.bin', len(CONTENT)))
    put(weights, CONTENT[:-1])
    with pytest.raises(BrokenWeights, match=r'a\.bin has 1023999 bytes instead of 1024000'):
        locate('toy')
    assert state('toy') == 'broken'
    check, = verify('toy')
    assert check.state == 'broken'
    assert '(1024000 bytes)' in check.expected
    assert '(1023999 bytes)' in check.found


def test_what_was_put_there_by_hand_is_recorded_and_held_against_ever_after(monkeypatch):
    folder = put(known(monkeypatch, ByHand('a shelf'), File('a.bin')))
    assert [check.state for check in verify('toy')] == ['recorded']
    assert [check.state for check in verify('toy')] == ['whole']
    (folder / 'a.bin').write_bytes(b'x' + CONTENT[1:])
    assert state('toy') == 'present'
    check, = verify('toy')
    assert check.state == 'broken'
    assert check.expected == f'{SHA256} (1024000 bytes)'
    assert check.found == f'{hashlib.sha256(b"x" + CONTENT[1:]).hexdigest()} (1024000 bytes)'
    (folder / 'a.bin').write_bytes(CONTENT[:100])
    with pytest.raises(BrokenWeights, match='100 bytes instead of 1024000'):
        locate('toy')


def test_a_single_file_that_was_put_there_by_hand_may_have_another_name(monkeypatch):
    weights = known(monkeypatch, ByHand('a shelf'), File('a.bin'))
    folder = put(weights)
    (folder / 'a.bin').rename(folder / 'best.bin')
    assert locate('toy') == folder / 'best.bin'
    assert [check.state for check in verify('toy')] == ['recorded']
    (folder / 'other.bin').write_bytes(CONTENT)
    assert state('toy') == 'missing', 'which of the two is it?'
    with pytest.raises(MissingWeights, match='a single file may have any name'):
        locate('toy')


def test_a_published_checksum_is_not_replaced_by_what_lies_there(monkeypatch):
    put(known(monkeypatch, ByHand('a shelf'), File('a.bin', sha256='0' * 64)))
    assert [check.state for check in verify('toy')] == ['broken']
    assert [check.state for check in verify('toy')] == ['broken']


def test_an_unreadable_record_is_named(monkeypatch):
    folder = put(known(monkeypatch, ByHand('a shelf'), File('a.bin')))
    (folder / CHECKSUMS).write_text('{"a.bin": ')
    with pytest.raises(BrokenWeights, match=r'checksums\.json cannot be read.*delete it'):
        locate('toy')


def test_weights_come_from_a_web_server_whole_and_checked(monkeypatch, server, cache):
    known(monkeypatch, Site(f'{server.url}/files'), File('a.bin', len(CONTENT), SHA256))
    server.files['/files/a.bin'] = CONTENT
    told = []
    path = folder_of('toy') / 'a.bin'
    assert download('toy', progress=lambda *what: told.append(what)) == [path]
    assert locate('toy').read_bytes() == CONTENT
    assert told[-1] == ('a.bin', len(CONTENT), len(CONTENT))
    assert [check.state for check in verify('toy')] == ['whole']
    assert left_over(cache) == ['a.bin', CHECKSUMS]


def test_what_is_here_and_whole_is_not_fetched_again(monkeypatch, server):
    known(monkeypatch, Site(server.url), File('a.bin'), File('b.bin'))
    server.files |= {'/a.bin': CONTENT, '/b.bin': CONTENT}
    download('toy')
    (folder_of('toy') / 'b.bin').write_bytes(b'half')
    server.asked.clear()
    assert download('toy') == [folder_of('toy') / 'b.bin']
    assert server.asked == ['GET /b.bin']
    assert download('toy', offline=True) == []


def test_a_wrong_checksum_keeps_nothing_and_names_both_sums(monkeypatch, server, cache):
    known(monkeypatch, Site(server.url), File('a.bin', sha256='0' * 64))
    server.files['/a.bin'] = CONTENT
    with pytest.raises(BrokenWeights, match=f'{SHA256}; expected.*{"0" * 64}'):
        download('toy')
    assert state('toy') == 'missing'
    assert left_over(cache) == []


def test_a_file_that_changed_since_it_was_first_fetched_is_not_taken_silently(monkeypatch, server):
    known(monkeypatch, Site(server.url), File('a.bin'))
    server.files['/a.bin'] = CONTENT
    download('toy')
    path = locate('toy')
    path.unlink()
    server.files['/a.bin'] = b'x' + CONTENT[1:]
    with pytest.raises(BrokenWeights, match=SHA256):
        download('toy')
    assert not path.exists()


def test_half_a_file_never_appears(monkeypatch, server):
    known(monkeypatch, Site(server.url), File('a.bin'))
    server.files['/a.bin'] = CONTENT
    server.cut_after = 1000
    with pytest.raises(ConnectionError, match='stopped after 1000 of 1024000 bytes'):
        download('toy')
    assert state('toy') == 'missing'
    server.cut_after = None
    download('toy')
    assert locate('toy').read_bytes() == CONTENT


def test_a_server_that_refuses_or_is_not_there_is_named(monkeypatch, server):
    known(monkeypatch, Site(server.url), File('a.bin'))
    with pytest.raises(ConnectionError, match=r'a\.bin cannot be fetched: HTTP Error 404'):
        download('toy')
    known(monkeypatch, Site('http://127.0.0.1:1'), File('a.bin'))
    with pytest.raises(ConnectionError, match='refused'):
        download('toy')


@pytest.mark.parametrize('switch', ['argument', 'MER_ROS_OFFLINE', 'HF_HUB_OFFLINE'])
def test_the_network_can_be_switched_off(monkeypatch, server, switch):
    known(monkeypatch, Site(server.url), File('a.bin'))
    server.files['/a.bin'] = CONTENT
    if switch != 'argument':
        monkeypatch.setenv(switch, '1')
    with pytest.raises(Offline, match=r'put a\.bin into'):
        download('toy', offline=switch == 'argument')
    assert server.asked == []


def test_what_only_a_person_can_fetch_says_so(monkeypatch):
    known(monkeypatch, ByHand('the shelf in room 3'), File('a.bin'))
    with pytest.raises(MissingWeights, match=r'by hand, from the shelf in room 3: put a\.bin into'):
        download('toy')


@pytest.fixture
def hub(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    pytest.importorskip('huggingface_hub')
    monkeypatch.setenv('HF_ENDPOINT', server.url)
    monkeypatch.setenv('HF_HUB_DISABLE_TELEMETRY', '1')
    server.files |= {'/some/repo/resolve/main/a.bin': CONTENT,
                     '/some/repo/resolve/main/b.json': b'{}'}
    server.tags['/some/repo/resolve/main/a.bin'] = SHA256
    return server


def test_weights_come_from_the_hub_whole_and_checked(monkeypatch, hub, cache):
    known(monkeypatch, Hub('some/repo'), File('a.bin'), File('b.json'))
    folder = folder_of('toy')
    assert download('toy') == [folder / 'a.bin', folder / 'b.json']
    assert locate('toy') == folder
    assert (folder / 'a.bin').read_bytes() == CONTENT
    assert json.loads((folder / CHECKSUMS).read_text())['a.bin'] == {
        'size': len(CONTENT), 'sha256': SHA256}
    assert [check.state for check in verify('toy')] == ['whole', 'whole']
    assert left_over(cache) == ['a.bin', 'b.json', CHECKSUMS]


def test_what_the_hub_states_about_a_large_file_is_believed_more_than_what_it_sends(
        monkeypatch, hub):
    known(monkeypatch, Hub('some/repo'), File('a.bin'))
    hub.files['/some/repo/resolve/main/a.bin'] = b'x' + CONTENT[1:]
    with pytest.raises(BrokenWeights, match=SHA256):
        download('toy')
    assert state('toy') == 'missing'


def test_a_revision_can_be_pinned(monkeypatch, hub):
    known(monkeypatch, Hub('some/repo', 'v2'), File('a.bin'))
    hub.files['/some/repo/resolve/v2/a.bin'] = b'second'
    download('toy')
    assert locate('toy').read_bytes() == b'second'


def test_a_hub_that_refuses_or_is_not_there_is_named(monkeypatch, hub):
    known(monkeypatch, Hub('some/other'), File('a.bin'))
    with pytest.raises(ConnectionError, match=r'a\.bin cannot be fetched from hf:some/other'):
        download('toy')
    monkeypatch.setenv('HF_ENDPOINT', 'http://127.0.0.1:1')
    with pytest.raises(ConnectionError, match='hf:some/other'):
        download('toy')


def test_a_pinned_file_of_the_table_keeps_its_pin_when_it_is_fetched(monkeypatch, server):
    yunet = replace(weights_table.WEIGHTS['yunet'], source=Site(server.url))
    monkeypatch.setitem(WEIGHTS, 'yunet', yunet)
    server.files['/face_detection_yunet_2023mar.onnx'] = b'something else'
    with pytest.raises(BrokenWeights, match='232589 bytes'):
        download('yunet')
