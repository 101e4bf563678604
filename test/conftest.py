"""What tests share: the sample as pictures, sound and film, and a ROS graph of their own."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
import os
from pathlib import Path
import time
from typing import Any

from hypothesis import settings
import numpy as np
from numpy.typing import NDArray
import pytest

from mer_ros.data import AudioBlock, CameraImage, Emotion, ModalityOpinion, NANOSECONDS, Words

# A busy machine is no fault of what is tested.
settings.register_profile('patient', deadline=None)
settings.load_profile('patient')

ROOT = Path(__file__).resolve().parent.parent

CODECS = {'.avi': ('mpeg4', 'pcm_s16le'), '.mp4': ('mpeg4', 'aac'), '.flv': ('flv', 'aac')}

BLOCK = 1024
"""Samples that the AAC encoder takes at a time; a shorter last block would be filled with noise."""

TOKENS = ('生气/angry', '厌恶/disgusted', '恐惧/fearful', '开心/happy', '中立/neutral',
          '其他/other', '难过/sad', '吃惊/surprised', '<unk>')
"""Classes of emotion2vec+, as its file of tokens names them."""

ALLOWED_SKIPS = [
    line for line in Path(__file__).with_name('allowed_skips.txt').read_text().splitlines()
    if line and not line.startswith('#')]
"""What the reason of a skip may hold where skips are strict."""

PATIENCE = 60.0
"""Seconds after which a test gives up waiting; never a measure of speed."""


class Graph:
    """Nodes that share an executor which only runs while the test waits for something."""

    def __init__(self, executor: str) -> None:
        import rclpy
        from rclpy.context import Context

        from mer_ros.nodes.base.executors import EXECUTORS

        self.context = Context()
        rclpy.init(context=self.context, args=[])
        self.executor = EXECUTORS[executor](context=self.context)
        self.probe = rclpy.create_node('probe', context=self.context)
        self.executor.add_node(self.probe)
        self._nodes: list[Any] = []
        self._strangers: list[Any] = []

    def start(self, kind: type, **parameters: Any) -> Any:
        """Start a node of the package with these parameters, active."""
        node = self.add(kind, **parameters)
        assert node.autostart()
        return node

    def add(self, kind: type, *, namespace: str | None = None, **parameters: Any) -> Any:
        """Add a node of the package, unconfigured; `a__b` means the parameter `a.b`."""
        from rclpy.parameter import Parameter

        overrides = [Parameter(name.replace('__', '.'), value=value)
                     for name, value in parameters.items()]
        node = kind(context=self.context, parameter_overrides=overrides, namespace=namespace)
        self._nodes.append(node)
        self.executor.add_node(node)
        return node

    def stranger(self) -> Any:
        """Return a node of another DDS participant, as one in another process is."""
        import rclpy
        from rclpy.context import Context

        context = Context()
        rclpy.init(context=context, args=[])
        node = rclpy.create_node('stranger', context=context)
        self._strangers.append(node)
        return node

    def publisher(self, kind: type, topic: str, qos: Any = 10, by: Any = None) -> Any:
        """Return a publisher, of the probe or another node, that somebody listens to already."""
        publisher = (by or self.probe).create_publisher(kind, topic, qos)
        self.wait(lambda: publisher.get_subscription_count() > 0, f'a subscriber on {topic}')
        return publisher

    def told(self, look: Callable[[str], list[Any]], topic: str, count: int) -> list[Any]:
        """Return what the middleware knows of a topic once it is this many."""
        self.wait(lambda: len(look(topic)) == count, f'{count} on {topic}')
        return look(topic)

    def collect(self, kind: type, topic: str, qos: Any = 10) -> list[Any]:
        """Return a list that fills with what is published on a topic."""
        received: list[Any] = []
        subscription = self.probe.create_subscription(kind, topic, received.append, qos)
        self.wait(subscription.get_publisher_count, f'a publisher on {topic}')
        return received

    def wait(
        self, condition: Callable[[], Any], what: str, patience: float = PATIENCE
    ) -> None:
        """Spin until the condition holds; fail, saying what was awaited, if it never does."""
        give_up = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < give_up, f'waited in vain for {what}'
            self.executor.spin_once(timeout_sec=0.02)

    def settle(self, seconds: float = 0.3) -> None:
        """Spin for a while, to see that something does not happen."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.executor.spin_once(timeout_sec=0.02)

    def close(self) -> None:
        """End everything."""
        for node in self._nodes:
            node.close()
            node.destroy_node()
        for node in self._strangers:
            node.destroy_node()
            node.context.try_shutdown()
        self.probe.destroy_node()
        self.executor.shutdown()
        self.context.try_shutdown()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that makes skips count."""
    parser.addoption(
        '--strict-skips', action='store_true', default=bool(os.environ.get('CI')),
        help='fail on a skip whose reason test/allowed_skips.txt does not name (default in CI)')


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give every test of a live graph a second try, which the summary counts and names.

    What it waits for crosses a middleware that shares the machine with other tests and has, about
    once in ten thousand tests, not discovered an endpoint at all.
    """
    if config.pluginmanager.hasplugin('rerunfailures'):
        for item in items:
            if 'domain' in getattr(item, 'fixturenames', ()):
                item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Turn a skip for a reason that is not allowed into a failure, where skips are strict."""
    return strict(item.config, (yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """Do so for modules that are skipped as a whole."""
    return strict(collector.config, (yield))


def strict(config: pytest.Config, report: Any) -> Any:
    """Return a report, failed if it is a skip that is not allowed."""
    if report.skipped and config.getoption('strict_skips') and not hasattr(report, 'wasxfail'):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if not any(allowed in reason for allowed in ALLOWED_SKIPS):
            report.outcome = 'failed'
            report.longrepr = (f'{reason}\nSkips are strict here, and test/allowed_skips.txt does '
                               'not name this reason: install what is missing, or add a line.')
    return report


@pytest.fixture(scope='session')
def hum():
    """Return a function that makes the sound of a voice of some pitch, at 16 kHz."""
    def make(pitch, seconds=0.6):
        time = np.arange(int(seconds * 16000)) / 16000
        return (0.1 * sum(np.sin(2 * np.pi * k * pitch * time) / k for k in range(1, 8))).astype(
            np.float32)
    return make


@pytest.fixture(scope='session', autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep tests, and all that they start, away from the home of who runs them."""
    folder = tmp_path_factory.mktemp('home')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('HOME', str(folder))
        for name in ('CACHE', 'CONFIG', 'DATA', 'STATE'):
            patch.setenv(f'XDG_{name}_HOME', str(folder / name.lower()))
        patch.setenv('ROS_HOME', str(folder / 'ros'))
        for name in ('MER_ROS_CACHE', 'MER_ROS_DATA', 'HF_HOME', 'ROS_LOG_DIR'):
            patch.delenv(name, raising=False)
        yield folder


@pytest.fixture(scope='session')
def repository() -> Path:
    """Return the root of the source tree."""
    return ROOT


@pytest.fixture(scope='session')
def shared_data() -> Path:
    """Return the folder of recordings and texts beside the source tree, or skip the test."""
    folder = ROOT.parent / 'shared' / 'data'
    if not folder.is_dir():
        pytest.skip('the folder ../shared/data is not there')
    return folder


@pytest.fixture(autouse=True)
def state_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the switches of the test's nodes away from those of the user's robot."""
    folder = tmp_path_factory.mktemp('state')
    monkeypatch.setenv('XDG_STATE_HOME', str(folder))
    return folder


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Give the test a ROS domain that nothing else on this machine uses, reachable only here."""
    coordinator = pytest.importorskip('domain_coordinator')
    with coordinator.domain_id() as number:
        monkeypatch.setenv('ROS_DOMAIN_ID', str(number))
        monkeypatch.setenv('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
        yield int(os.environ['ROS_DOMAIN_ID'])


@pytest.fixture
def graph(domain: int, request: pytest.FixtureRequest) -> Iterator[Graph]:
    """Return an empty graph in a domain of its own; its parameter names another executor."""
    pytest.importorskip('rclpy')
    executor = getattr(request, 'param', 'auto')
    if executor == 'events':
        pytest.importorskip('rclpy.experimental')
    graph = Graph(executor)
    yield graph
    graph.close()


@dataclass(frozen=True)
class Sample:
    """What the sample bag that ships with the package holds, in the order of time."""

    images: list[CameraImage]
    blocks: list[AudioBlock]
    words: list[Words]

    @property
    def sound(self) -> NDArray[np.float32]:
        """Return all of the sound, float32 mono at 16 kHz."""
        return np.concatenate([block.samples[:, 0] for block in self.blocks])

    def spoken(self, index: int) -> NDArray[np.float32]:
        """Return the sound of a sentence, float32 mono at 16 kHz."""
        words, start = self.words[index], self.blocks[0].stamp
        assert words.duration is not None
        begin, end = ((stamp - start) * 16000 // NANOSECONDS
                      for stamp in (words.stamp - words.duration, words.stamp))
        return self.sound[begin:end]


@pytest.fixture(scope='session')
def sample() -> Sample:
    """Return the sample that ships with the package, decoded."""
    from mer_ros.evaluation.bag_inputs import BagInputs
    from mer_ros.samples import SAMPLE_BAG

    items = list(BagInputs(SAMPLE_BAG).read(['face', 'speech', 'text']))
    return Sample(*([item for item in items if isinstance(item, kind)]
                    for kind in (CameraImage, AudioBlock, Words)))


@pytest.fixture(scope='session')
def portrait(sample: Sample) -> NDArray[np.uint8]:
    """Return a photograph of a smiling face, uint8 RGB (240, 320, 3)."""
    return sample.images[40].pixels


@pytest.fixture(scope='session')
def face(portrait: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the smiling face alone, uint8 RGB (136, 136, 3)."""
    return np.ascontiguousarray(portrait[44:180, 92:228])


@pytest.fixture(scope='session')
def sentence(sample: Sample) -> NDArray[np.float32]:
    """Return a spoken sentence between two seconds of silence, float32 mono at 16 kHz."""
    return np.pad(sample.spoken(0), 16000)


@pytest.fixture(scope='session')
def sample_film(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a video of the first 3 s of the sample; .flv and .wav lie beside it."""
    import soundfile

    path = tmp_path_factory.mktemp('film') / 'smile.mp4'
    pictures = np.stack([image.pixels for image in sample.images[:30]])
    for suffix in ('.mp4', '.flv'):
        encode(path.with_suffix(suffix), pictures, sample.sound[:3 * 16000], 16000)
    soundfile.write(path.with_suffix('.wav'), sample.sound[:3 * 16000], 16000)
    return path


def encode(
    path: Path, pictures: NDArray[np.uint8], sound: NDArray[Any] | None, sample_rate: int
) -> None:
    """Write pictures (N, height, width, 3), ten a second, and mono sound as a video file."""
    import av

    codec, sound_codec = CODECS[path.suffix]
    with av.open(str(path), 'w') as container:
        video = container.add_stream(codec, rate=10)
        video.height, video.width, video.pix_fmt = *pictures.shape[1:3], 'yuv420p'
        streams = [video]
        if sound is not None:
            streams.append(container.add_stream(sound_codec, rate=sample_rate, layout='mono'))
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format='rgb24')
            frame.pts, frame.time_base = index, Fraction(1, 10)
            container.mux(video.encode(frame))
        if sound is not None:
            for start in range(0, len(sound) - BLOCK + 1, BLOCK):
                block = av.AudioFrame.from_ndarray(
                    sound[start:start + BLOCK].astype(np.float32).reshape(1, -1),
                    format='fltp', layout='mono')
                block.sample_rate, block.pts = sample_rate, start
                block.time_base = Fraction(1, sample_rate)
                container.mux(streams[1].encode(block))
        for stream in streams:
            container.mux(stream.encode(None))


@pytest.fixture
def write_film() -> Callable[..., Path]:
    """Return what writes a second of a plain grey picture, with a tone of a loudness or none."""
    def write(path: Path, *, shade: int, loudness: float | None = None) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        tone = None if loudness is None else loudness * np.sin(
            2 * np.pi * 440 * np.arange(43 * BLOCK) / 44100)
        encode(path, np.full((10, 48, 64, 3), shade, dtype=np.uint8), tone, 44100)
        return path
    return write


@pytest.fixture(scope='session')
def write_emotion2vec():
    """Return a function that writes a small emotion2vec+ with random weights, and returns it."""
    torch = pytest.importorskip('torch')
    pytest.importorskip('funasr')
    from omegaconf import OmegaConf

    from mer_ros.models.paper.emotion2vec_net import BASE, Network

    def write(folder: Path, tokens=TOKENS, change=lambda state: state, width=32, heads=4):
        folder.mkdir(parents=True, exist_ok=True)
        config = OmegaConf.load(BASE)
        config.model_conf.update(depth=2, num_heads=heads, embed_dim=width)
        config.model_conf.modalities.audio.update(
            prenet_depth=1, conv_pos_groups=4,
            feature_encoder_spec='[(16, 10, 5)] + [(16, 3, 2)] * 4 + [(16, 2, 2)] * 2')
        torch.manual_seed(0)
        network = Network(model_conf=config.model_conf, vocab_size=len(tokens))
        for weights in network.parameters():
            if weights.ndim == 1:
                torch.nn.init.normal_(weights, std=0.3)
        config.model_conf.modalities.audio.decoder = {'decoder_dim': 16}
        OmegaConf.save(config, folder / 'config.yaml')
        (folder / 'tokens.txt').write_text('\n'.join(tokens) + '\n', encoding='utf-8')
        state = {name if name.startswith('proj.') else f'd2v_model.{name}': value
                 for name, value in network.state_dict().items()}
        torch.save({'model': change(state)}, folder / 'model.pt')
        return network.eval()
    return write


@pytest.fixture(scope='session')
def write_resnet():
    """Return a function that writes a small ResNet with random weights, and returns it."""
    torch = pytest.importorskip('torch')
    transformers = pytest.importorskip('transformers')

    def write(folder: Path, names=(), depths=(1, 1)):
        torch.manual_seed(0)
        network = transformers.ResNetForImageClassification(transformers.ResNetConfig(
            embedding_size=8, hidden_sizes=[16, 24, 32, 48][:len(depths)], depths=list(depths),
            id2label=dict(enumerate(names)),
            label2id={name: number for number, name in enumerate(names)})).eval()
        network.save_pretrained(folder)
        return network
    return write


@pytest.fixture(scope='session')
def anna() -> Emotion:
    """Return a state of another taxonomy than the usual, with every field filled."""
    return Emotion(
        stamp=1_700_000_000 * NANOSECONDS + 123_456_789, window_start=0, person_id='anna',
        label='calm', confidence=0.75, uncertainty=0.123456, conflict=0.5,
        labels=('calm', 'anger'), belief=np.array([0.6, 0.2]), probability=np.array([0.75, 0.25]),
        alpha=np.array([7.0, 3.0]), valence=0.5, arousal=-0.25,
        modalities=(ModalityOpinion(
            'face', 'lite', np.array([0.5, 0.25]), 0.25, np.array([0.625, 0.375]),
            NANOSECONDS // 2, 0.8, ('language', 'made up')),),
        missing=('text',), valid_for=2 * NANOSECONDS, certain_conflict=0.25,
        prediction_set=('calm', 'anger'), prediction_set_coverage=0.9)


@pytest.fixture(scope='session')
def ben() -> Emotion:
    """Return a state of several emotions at once."""
    return Emotion(
        stamp=1_700_000_000 * NANOSECONDS, window_start=0, person_id='ben', label='joy',
        confidence=0.9, uncertainty=0.5, conflict=0.0, labels=('joy', 'pride'),
        belief=np.empty(0), probability=np.array([0.9, 0.6]), alpha=np.empty(0),
        missing=('face',), valid_for=10 * NANOSECONDS, multi_label=True,
        label_uncertainty=np.array([0.5, 0.25]), present=('joy',))
