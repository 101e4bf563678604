"""`mer_ros models`, as a user types it; the weights are toys of this test."""

import hashlib
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
import threading

from click.testing import CliRunner
import pytest

from mer_ros.cli import main
from mer_ros.models.weights.weights_cache import folder_of
from mer_ros.models.weights.weights_table import ByHand, File, PROFILES, Site, WEIGHTS, Weights

CONTENT = b'weights' * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Quiet(SimpleHTTPRequestHandler):
    """Serves the folder of the test and logs nothing."""

    def log_message(self, *args):
        pass


@pytest.fixture
def site(tmp_path):
    """Serve a folder with toy.bin on this machine; return its address."""
    folder = tmp_path / 'site'
    folder.mkdir()
    (folder / 'toy.bin').write_bytes(CONTENT)
    server = ThreadingHTTPServer(
        ('127.0.0.1', 0), lambda *details: Quiet(*details, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.01})
    thread.start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def toys(site, tmp_path, monkeypatch):
    """Put two toys in the place of all weights: one that is served, one that is not."""
    monkeypatch.setenv('MER_ROS_CACHE', str(tmp_path / 'cache'))
    monkeypatch.setenv('COLUMNS', '200')
    for name in ('MER_ROS_OFFLINE', 'HF_HUB_OFFLINE'):
        monkeypatch.delenv(name, raising=False)
    for name in list(WEIGHTS):
        monkeypatch.delitem(WEIGHTS, name)
    monkeypatch.setitem(WEIGHTS, 'toy', Weights(
        'toy', 'text', 'a toy', Site(site), 'free to play with', 1,
        (File('toy.bin', len(CONTENT), SHA256),)))
    monkeypatch.setitem(WEIGHTS, 'rare', Weights(
        'rare', 'face', 'a rarity', ByHand('the museum'), 'none stated', 1, (File('rare.bin'),)))
    monkeypatch.setitem(PROFILES, 'paper', ('rare', 'toy'))


def run(*arguments, status=0):
    """Run the command; return what it printed."""
    result = CliRunner().invoke(main, ['models', *map(str, arguments)])
    assert result.exit_code == status, result.output
    return result.output


def put(name, content):
    folder = folder_of(name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f'{name}.bin').write_bytes(content)


def test_the_commands_are_listed_with_their_purpose():
    text = run('--help')
    for name in ('count', 'download', 'export', 'list', 'verify'):
        assert name in text


def test_the_list_shows_licence_source_and_state_and_whom_is_trusted():
    put('toy', CONTENT[:-1])
    text = run('list')
    toy, = (row for row in text.split('├') if ' toy ' in row)
    rare, = (row for row in text.split('├') if ' rare * ' in row)
    assert 'free to play with' in toy
    assert 'broken' in toy
    assert 'by hand: the museum' in rare
    assert 'missing' in rare
    assert 'No published checksum' in text


def test_the_list_fits_a_narrow_terminal(monkeypatch):
    monkeypatch.setenv('COLUMNS', '80')
    text = run('list')
    assert 'free to play with' in text
    assert 'by hand: the museum' in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_list_shows_weights_that_are_whole():
    put('toy', CONTENT)
    assert 'present' in run('list')


def test_a_download_brings_the_weights_and_says_where_they_are():
    text = run('download', 'toy')
    assert 'free to play with' in text
    assert str(folder_of('toy') / 'toy.bin') in text
    assert (folder_of('toy') / 'toy.bin').read_bytes() == CONTENT
    assert 'here already, and whole' in run('download', 'toy')


def test_a_profile_brings_what_it_can_and_tells_what_it_cannot():
    text = run('download', '--profile', 'paper', status=1)
    assert 'by hand, from the museum' in text
    assert (folder_of('toy') / 'toy.bin').read_bytes() == CONTENT


def test_a_download_refuses_when_the_network_is_switched_off(monkeypatch):
    assert 'switched off' in run('download', 'toy', '--offline', status=1)
    monkeypatch.setenv('HF_HUB_OFFLINE', '1')
    assert 'switched off' in run('download', 'toy', status=1)
    assert not (folder_of('toy') / 'toy.bin').exists()


def test_a_download_wants_names_or_a_profile_that_is_known():
    assert 'either names or --profile' in run('download', status=2)
    assert "no weights are called 'bert'; known: ['rare', 'toy']" in run(
        'download', 'bert', status=1)
    assert 'known: ' in run('download', '--profile', 'heavy', status=1)


def test_verify_names_a_broken_file_and_both_sums():
    changed = b'x' + CONTENT[1:]
    put('toy', changed)
    text = run('verify', status=1)
    assert str(folder_of('toy') / 'toy.bin') in text
    assert SHA256 in text
    assert hashlib.sha256(changed).hexdigest() in text


def test_verify_is_content_with_what_is_whole():
    put('toy', CONTENT)
    put('rare', b'found in an attic')
    first = run('verify')
    assert 'toy: toy.bin whole' in first
    assert 'rare: rare.bin recorded' in first
    assert 'rare: rare.bin whole' in run('verify', 'rare')
    put('rare', b'found in a cellar')
    assert 'rare.bin broken' in run('verify', status=1)


def test_verify_looks_only_at_what_is_here_unless_it_is_named():
    assert 'no weights are in' in run('verify')
    assert 'toy.bin missing' in run('verify', 'toy', status=1)
    assert "no weights are called 'bert'" in run('verify', 'bert', status=1)


def test_export_without_weights_says_how_to_get_them(tmp_path):
    text = run('export', 'toy', '--out', tmp_path / 'out', status=1)
    assert 'mer_ros models download toy' in text
    assert "known: ['toy', 'rare', 'frame_selector', 'avnet']" in run(
        'export', 'bert', '--out', tmp_path / 'out', status=1)


def test_export_writes_a_file_and_tells_its_size(tmp_path):
    torch = pytest.importorskip('torch')
    pytest.importorskip('onnx')
    from mer_ros.models.paper.resemotenet_net import ResEmoteNet

    torch.save(ResEmoteNet(width=4).state_dict(), tmp_path / 'small.pth')
    text = run('export', 'rare', '--path', tmp_path / 'small.pth', '--out', tmp_path / 'out',
               '--dtype', 'bf16')
    path = tmp_path / 'out' / 'rare_bf16.onnx'
    assert f'{path} ({path.stat().st_size / 1e6:.1f} MB)' in text


def test_the_help_of_a_command_is_no_error():
    assert '--profile' in run('download', '--help')


def test_count_is_honest_about_the_paper(monkeypatch):
    monkeypatch.setitem(WEIGHTS, 'retinaface_resnet50', WEIGHTS['rare'])
    for package in ('torch', 'transformers', 'funasr'):
        pytest.importorskip(package)
    text = run('count')
    for figure in ('19.00', '93.18', '82.12', '80.24', '23.52'):
        assert figure in text
