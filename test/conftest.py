"""What tests share: the data folder, and a ROS graph of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
import os
from pathlib import Path
import time
from typing import Any

import numpy as np
import pytest

from mer_ros.data import Emotion, ModalityOpinion, NANOSECONDS

ROOT = Path(__file__).resolve().parent.parent

CODECS = {'.avi': ('mpeg4', 'pcm_s16le'), '.mp4': ('mpeg4', 'aac'), '.flv': ('flv', 'aac')}

BLOCK = 1024
"""Samples that the AAC encoder takes at a time; a shorter last block would be filled with noise."""

PATIENCE = 20.0
"""Seconds after which a test gives up waiting; never a measure of speed."""


class Graph:
    """Nodes that share an executor which only runs while the test waits for something."""

    def __init__(self) -> None:
        import rclpy
        from rclpy.context import Context
        from rclpy.executors import SingleThreadedExecutor

        self.context = Context()
        rclpy.init(context=self.context, args=[])
        self.executor = SingleThreadedExecutor(context=self.context)
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

    def collect(self, kind: type, topic: str, qos: Any = 10) -> list[Any]:
        """Return a list that fills with what is published on a topic."""
        from rclpy.event_handler import SubscriptionEventCallbacks

        received: list[Any] = []
        matched: list[int] = []
        self.probe.create_subscription(
            kind, topic, received.append, qos, event_callbacks=SubscriptionEventCallbacks(
                matched=lambda event: matched.append(event.current_count)))
        self.wait(lambda: matched and matched[-1] > 0, f'a publisher on {topic}')
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
def graph(domain: int) -> Iterator[Graph]:
    """Return an empty graph in a domain of its own."""
    pytest.importorskip('rclpy')
    graph = Graph()
    yield graph
    graph.close()


@pytest.fixture
def write_film() -> Callable[..., Path]:
    """Return what writes a second of a plain grey picture, with a tone of a loudness or none."""
    import av

    def write(path: Path, *, shade: int, loudness: float | None = None) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        codec, sound_codec = CODECS[path.suffix]
        with av.open(str(path), 'w') as container:
            video = container.add_stream(codec, rate=10)
            video.width, video.height, video.pix_fmt = 64, 48, 'yuv420p'
            streams = [video]
            if loudness is not None:
                streams.append(container.add_stream(sound_codec, rate=44100, layout='mono'))
            for index in range(10):
                frame = av.VideoFrame.from_ndarray(
                    np.full((48, 64, 3), shade, dtype=np.uint8), format='rgb24')
                frame.pts, frame.time_base = index, Fraction(1, 10)
                container.mux(video.encode(frame))
            if loudness is not None:
                tone = loudness * np.sin(2 * np.pi * 440 * np.arange(43 * BLOCK) / 44100)
                for start in range(0, len(tone), BLOCK):
                    sound = av.AudioFrame.from_ndarray(
                        tone[start:start + BLOCK].astype(np.float32).reshape(1, -1),
                        format='fltp', layout='mono')
                    sound.sample_rate, sound.pts, sound.time_base = 44100, start, Fraction(1, 44100)
                    container.mux(streams[1].encode(sound))
            for stream in streams:
                container.mux(stream.encode(None))
        return path
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
            NANOSECONDS // 2, 0.8),),
        missing=('text',), valid_for=2 * NANOSECONDS)


@pytest.fixture(scope='session')
def ben() -> Emotion:
    """Return a state of several emotions at once."""
    return Emotion(
        stamp=1_700_000_000 * NANOSECONDS, window_start=0, person_id='ben', label='joy',
        confidence=0.9, uncertainty=0.5, conflict=0.0, labels=('joy', 'pride'),
        belief=np.empty(0), probability=np.array([0.9, 0.6]), alpha=np.empty(0),
        missing=('face',), valid_for=10 * NANOSECONDS, multi_label=True,
        label_uncertainty=np.array([0.5, 0.25]))
