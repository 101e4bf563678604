"""What lies behind the border of messages: every reader, and what uses what it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
import io
import json
from pathlib import Path
import random
from types import SimpleNamespace
from typing import Any

from fuzz_broken import broken_text, NUMBERS, TEXTS, WHOLE
import numpy as np
from rich.console import Console

from mer_ros.bags.bag_messages import to_message
from mer_ros.dashboard.wire import state_text
from mer_ros.data import (
    AudioBlock,
    CameraImage,
    Emotion,
    Features,
    Logits,
    ModalityOpinion,
    NANOSECONDS,
    Speaker,
    VoiceHeard,
    Words,
)
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.segment_folder import Collection, HEADER, INDEX
from mer_ros.engines.text import TextEngine
from mer_ros.evaluation.reports.state_view import people_view, state_line
from mer_ros.messages.adapters import words_from
from mer_ros.messages.border import checked
from mer_ros.messages.conversions import (
    emotion_from,
    features_from,
    image_from,
    logits_from,
    speaker_from,
    voice_activity_from,
)
from mer_ros.messages.sound_reader import SoundReader
from mer_ros.models import load_model
from mer_ros.window import WindowSettings

DRAWN = 0.1
"""The share of states that are drawn as well, which takes long."""

SELDOM = {'index.jsonl': 0.05}
"""How often a kind is sent, where not as often as the others: writing files takes long."""

START = 1_700_000_000 * NANOSECONDS


class Behind:
    """What lies behind the border: every reader takes a message, and uses what it reads."""

    def __init__(self, chance: random.Random, folder: Path, now: int = START) -> None:
        self.chance, self.now = chance, now
        self.text = TextEngine(load_model('text', 'lite'))
        self.fusion = FusionEngine(
            modalities=('face', 'text'), fusion=FusionSettings(), window=WindowSettings())
        self.folder = folder
        Collection(folder, create=True)
        self.readers: dict[str, tuple[Callable[[], Any], Callable[[Any], object]]] = {
            'EmotionState': (self.a_state, self.show),
            'ModalityLogits': (self.some_logits, self.fuse),
            'ModalityFeatures': (lambda: Features(
                self.stamp(), 'face', 'lite', np.ones((2, 3), np.float32)), features_from),
            'ActiveSpeaker': (lambda: Speaker(self.stamp(), 'ada'), self.note),
            'VoiceActivity': (lambda: VoiceHeard(self.stamp(), 250_000_000, 32_000_000),
                              self.hear),
            'Transcript': (lambda: Words(self.stamp(), chance.choice(TEXTS), 'm', 'ada', 'en'),
                           self.judge),
            'AudioChunk': (lambda: AudioBlock(self.stamp(), np.zeros((9, 2), np.float32), 16_000),
                           lambda message: SoundReader().read(message)),
            'CompressedImage': (lambda: CameraImage(self.stamp(), np.zeros((9, 8, 3), np.uint8)),
                                image_from),
            'Image': (lambda: None, self.see),
            'index.jsonl': (lambda: None, self.collect)}

    def stamp(self) -> int:
        """Return a time about now."""
        return self.now + self.chance.randrange(-5, 5) * NANOSECONDS

    def a_state(self) -> Emotion:
        """Return a state that is sound."""
        shares = np.full(7, 1 / 7)
        opinion = ModalityOpinion('face', 'lite', shares / 2, 0.5, shares, 5, 0.25)
        return Emotion(self.stamp(), self.now, 'ada', 'anger', 0.5, 0.5, 0.1, EMOTIONS, shares / 2,
                       shares, shares + 1, modalities=(opinion,), valid_for=NANOSECONDS)

    def some_logits(self) -> Logits:
        """Return evidence about one of a few people."""
        values = np.array([self.chance.gauss(0, 3) for _ in EMOTIONS])
        return Logits(self.stamp(), self.chance.choice(('face', 'text')), EMOTIONS, values,
                      self.chance.choice(('', 'ada', 'ben')), 'lite')

    def show(self, message: Any) -> None:
        """Show a state in the terminal and on the dashboard."""
        state = emotion_from(message)
        json.loads(state_text(state))
        if self.chance.random() > DRAWN:
            return
        console = Console(file=io.StringIO(), width=80, height=24)
        console.print(people_view({'': state}, now=self.now), state_line(state), markup=False)
        shown = console.file.getvalue()  # type: ignore[attr-defined]
        assert '\x1b' not in shown, 'an escape sequence is shown'
        assert len(shown) < 50_000, 'a picture without end'

    def fuse(self, message: Any) -> None:
        """Fuse evidence; the states must be such as are believed."""
        now = self.now + 6 * NANOSECONDS
        for state in (*self.fusion.add(logits_from(message), now), *self.fusion.advance(now)):
            checked(state)
            to_message(state)

    def note(self, message: Any) -> None:
        """Take in who speaks."""
        self.fusion.note_speaker(speaker_from(message), self.now)

    def hear(self, message: Any) -> None:
        """Take in when there was a voice; the states must be such as are believed."""
        for state in self.fusion.note_voice(voice_activity_from(message), self.now):
            checked(state)

    def judge(self, message: Any) -> None:
        """Judge words."""
        words = words_from(message)
        if words is not None:
            words = replace(words, text=words.text[-200:])
            for logits in self.text.process(words):
                assert np.isfinite(logits.logits).all(), 'logits that are no numbers'

    def see(self, _: Any) -> None:
        """Convert a raw image."""
        pick = self.chance.choice
        image_from(SimpleNamespace(
            header=to_message(Speaker(self.stamp(), '')).header, height=pick((0, 1, 8, 2**31)),
            width=pick((0, 1, 8, 2**31)), step=pick((0, 8, 24, 2**32 - 1)), is_bigendian=0,
            encoding=pick(('rgb8', 'bgr8', 'mono16', 'nv12', 'yuyv', 'bayer_rggb8', *TEXTS)),
            data=bytes(pick((0, 1, 64, 192, 4096)))))

    def collect(self, _: Any) -> None:
        """Read, and delete, a folder whose index somebody else has written."""
        item = {'id': '0123abcd', 'stamp': 1, 'modality': 'text', 'person_id': '', 'model': '',
                'label': '', 'predicted': 'fear', 'entropy': 1.0, 'uncertainty': 0.5,
                'features': '', 'media': '0123abcd.txt', 'stored': 1.0}
        item[self.chance.choice(list(item))] = self.chance.choice((*NUMBERS, *WHOLE, *TEXTS, None))
        lines = [json.dumps(HEADER), broken_text(self.chance, json.dumps(item))]
        (self.folder / INDEX).write_text('\n'.join(lines), errors='replace')
        (self.folder / '0123abcd.txt').write_text('words')
        collection = Collection(self.folder)
        collection.items()
        collection.sweep()
        collection.delete_all()
        assert not list(self.folder.glob('0*')), 'something could not be deleted'
