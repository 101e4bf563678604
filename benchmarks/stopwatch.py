"""Which stage of the package spends the processor's time, told by timing the real calls."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
import gc
from importlib import import_module
from threading import local
from typing import Any, TypeVar

Item = TypeVar('Item')

STAGES = {
    'detector': ('mer_ros.models.detectors.blazeface:BlazeFaceDetector.detect',
                 'mer_ros.models.detectors.blazeface:BlazeFaceDetector.follow'),
    'face crop': ('mer_ros.engines.face:level_crop',),
    'face model': ('mer_ros.models.face.lite_face:LiteFace.logits',
                   'mer_ros.models.face.lite_face:LiteFace.face_chance',
                   'mer_ros.models.face.lite_face:LiteFace.judge'),
    'face quality': ('mer_ros.engines.face:doubted',),
    'resampling': ('mer_ros.perception.sound:Resampler.push',),
    'voice activity': ('mer_ros.perception.voice:SileroVoice.probability',),
    'speech features': ('mer_ros.models.speech.lite_speech:LiteSpeech.describe',),
    'voice encoder': ('mer_ros.models.speech.voice_encoder:VoiceEncoder.describe',),
    'speech model': ('mer_ros.engines.speech:SpeechEngine._scores',
                     'mer_ros.models.speech.lite_speech:LiteSpeech.strangeness'),
    'sound quality': ('mer_ros.engines.speech:doubted',),
    'text model': ('mer_ros.engines.text:TextEngine.process',),
    'fusion': ('mer_ros.engines.fused_stream:FusedStream.add',)}
"""The calls that are timed, by stage, of recordings and of nodes; those that are not there are
passed over, so that versions of the package can be compared."""

CONVERSION = {'conversion to RGB': ('mer_ros.perception.media:_Conversion.__call__',
                                    'mer_ros.perception.media:_converted')}
"""What recordings need besides."""

NODES = {
    'messages to data': ('mer_ros.nodes.face_node:image_from',
                         'mer_ros.messages.sound_reader:SoundReader.read'),
    'fusion': ('mer_ros.engines.fusion:FusionEngine.add',
               'mer_ros.engines.fusion:FusionEngine.advance'),
    'publishing': ('rclpy.publisher:Publisher.publish',),
    'diagnostics': ('mer_ros.nodes.base.diagnostics:Diagnostics.publish',)}
"""What nodes need besides."""


class Stopwatch:
    """Adds up the time that each stage takes, less that of stages inside it.

    Args:
        clock: process time where one thread works, thread time where several do.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.spent: Counter[str] = Counter()
        self._clock = clock
        self._inside = local()
        gc.callbacks.append(self._on_garbage)

    def close(self) -> None:
        """Stop timing the garbage collector."""
        gc.callbacks.remove(self._on_garbage)

    def watch(self, stages: dict[str, tuple[str, ...]]) -> None:
        """Time the calls named ``module:attribute`` or ``module:class.attribute``."""
        for stage, names in stages.items():
            for name in names:
                module, _, path = name.partition(':')
                *owners, last = path.split('.')
                owner: Any = import_module(module)
                for each in owners:
                    owner = getattr(owner, each)
                if hasattr(owner, last):
                    setattr(owner, last, self._timed(getattr(owner, last), stage))

    def each(self, items: Iterable[Item], stage: str) -> Iterator[Item]:
        """Yield the items; the time that it takes to get them belongs to the stage."""
        step = self._timed(iter(items).__next__, stage)
        while True:
            try:
                item = step()
            except StopIteration:
                return
            yield item

    def _timed(self, call: Callable[..., Any], stage: str) -> Callable[..., Any]:
        @wraps(call)
        def timed(*arguments: Any, **options: Any) -> Any:
            self._enter()
            try:
                return call(*arguments, **options)
            finally:
                self._leave(stage)
        return timed

    def _enter(self) -> None:
        if not hasattr(self._inside, 'stack'):
            self._inside.stack = []
        self._inside.stack.append([self._clock(), 0.0])

    def _leave(self, stage: str) -> None:
        began, others = self._inside.stack.pop()
        took = self._clock() - began
        self.spent[stage] += took - others
        if self._inside.stack:
            self._inside.stack[-1][1] += took

    def _on_garbage(self, phase: str, info: dict[str, int]) -> None:
        if phase == 'start':
            self._enter()
        elif getattr(self._inside, 'stack', None):
            self._leave('garbage collection')
