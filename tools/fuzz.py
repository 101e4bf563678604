"""Send messages that were broken at random through the border and what lies behind it.

    python tools/fuzz.py --seconds 60 --seed 1

A message is refused as BadInput, or it can be judged and shown; anything else ends the run with
the number of the case.  The same seed sends the same messages.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
import io
from itertools import count
import json
import math
from pathlib import Path
import random
import resource
import sys
import tempfile
from time import monotonic
import traceback
from types import SimpleNamespace
from typing import Any

import numpy as np
from rich.console import Console

from mer_ros.bags.bag_messages import to_message
from mer_ros.dashboard.wire import state_text
from mer_ros.data import (
    AudioBlock,
    BadInput,
    CameraImage,
    Emotion,
    Features,
    Logits,
    ModalityOpinion,
    NANOSECONDS,
    Speaker,
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
)
from mer_ros.messages.sound_reader import SoundReader
from mer_ros.models import load_model
from mer_ros.window import WindowSettings

START = 1_700_000_000 * NANOSECONDS
NUMBERS = (math.nan, math.inf, -math.inf, -1.0, 0.0, 1.0, 1e300, -1e300, 1e-300, 7.0, 2.0**63)
WHOLE = (0, 1, -1, 2**31 - 1, 2**31, -2**31, 2**32 - 1, 2**63 - 1, 999_999_999, 4_000_000_000)
TEXTS = ('', 'a', '\x1b[2J', '\x1b]52;c;x\x07', 'a\rb', '\ud83d', '\u202e', '\0', 'x' * 100_000,
         '../secret', '😀' * 99, '4111 1111 1111 1111', 'unknown', 'anger', 'Not a good day!')


class Behind:
    """What lies behind the border: every reader takes a message, and uses what it reads."""

    def __init__(self, chance: random.Random, folder: Path) -> None:
        self.chance = chance
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
            'Transcript': (lambda: Words(self.stamp(), chance.choice(TEXTS), 'm', 'ada', 'en'),
                           self.judge),
            'AudioChunk': (lambda: AudioBlock(self.stamp(), np.zeros((9, 2), np.float32), 16_000),
                           lambda message: SoundReader().read(message)),
            'CompressedImage': (lambda: CameraImage(self.stamp(), np.zeros((9, 8, 3), np.uint8)),
                                image_from),
            'Image': (lambda: None, self.see),
            'index.jsonl': (lambda: None, self.collect)}

    def stamp(self) -> int:
        """Return a time about the start."""
        return START + self.chance.randrange(-5, 5) * NANOSECONDS

    def a_state(self) -> Emotion:
        """Return a state that is sound."""
        shares = np.full(7, 1 / 7)
        opinion = ModalityOpinion('face', 'lite', shares / 2, 0.5, shares, 5, 0.25)
        return Emotion(self.stamp(), START, 'ada', 'anger', 0.5, 0.5, 0.1, EMOTIONS, shares / 2,
                       shares, shares + 1, modalities=(opinion,), valid_for=NANOSECONDS)

    def some_logits(self) -> Logits:
        """Return evidence about one of a few people."""
        values = np.array([self.chance.gauss(0, 3) for _ in EMOTIONS])
        return Logits(self.stamp(), self.chance.choice(('face', 'text')), EMOTIONS, values,
                      self.chance.choice(('', 'ada', 'ben')), 'lite')

    def show(self, message: Any) -> None:
        """Show a state in the terminal and on the dashboard."""
        state = emotion_from(message)
        console = Console(file=io.StringIO(), width=80, height=24)
        console.print(people_view({'': state}, now=START), state_line(state), markup=False)
        shown = console.file.getvalue()  # type: ignore[attr-defined]
        assert '\x1b' not in shown, 'an escape sequence is shown'
        assert len(shown) < 50_000, 'a picture without end'
        json.loads(state_text(state))

    def fuse(self, message: Any) -> None:
        """Fuse evidence; the states must be such as are believed."""
        now = START + 6 * NANOSECONDS
        for state in (*self.fusion.add(logits_from(message), now), *self.fusion.advance(now)):
            checked(state)
            to_message(state)

    def note(self, message: Any) -> None:
        """Take in who speaks."""
        self.fusion.note_speaker(speaker_from(message), START)

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


def broken_text(chance: random.Random, text: str) -> str:
    """Return a text with one character replaced, half of the time."""
    if chance.random() < 0.5:
        return text
    place = chance.randrange(len(text))
    return text[:place] + chance.choice(('', '\0', '[', '"', '\x1b')) + text[place + 1:]


def leaves(message: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths to all numbers, strings and arrays of a message."""
    inner = (list(enumerate(message)) if isinstance(message, list)
             else [(key, value) for key, value in vars(message).items() if key[0] != '_'])
    found: list[tuple[Any, ...]] = []
    for key, value in inner:
        nested = isinstance(value, list) or (
            hasattr(value, '__dict__') and not isinstance(value, np.ndarray))
        found += leaves(value, (*path, key)) if nested else [(*path, key)]
    return found


def broken(chance: random.Random, value: Any) -> Any:
    """Return a value of the same type that nobody would send on purpose."""
    if isinstance(value, str):
        return chance.choice(TEXTS)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return chance.choice(WHOLE)
    if isinstance(value, float):
        return chance.choice(NUMBERS)
    if isinstance(value, np.ndarray):
        changed = value.copy()
        if len(changed) and value.dtype.kind == 'f':
            changed[chance.randrange(len(changed))] = chance.choice(NUMBERS)
        elif len(changed):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        return changed[:chance.randrange(len(changed) + 1)] if chance.random() < 0.3 else changed
    return value


def break_message(chance: random.Random, message: Any) -> None:
    """Break up to three values of a message."""
    paths = leaves(message)
    for path in chance.sample(paths, min(len(paths), chance.randrange(4))):
        holder = message
        for key in path[:-1]:
            holder = holder[key] if isinstance(key, int) else getattr(holder, key)
        if isinstance(path[-1], int):
            holder[path[-1]] = broken(chance, holder[path[-1]])
        else:
            setattr(holder, path[-1], broken(chance, getattr(holder, path[-1])))


def run(seconds: float, seed: int, cases: int | None = None) -> int:
    """Send messages for a time, or so many; print what became of them and return the status."""
    np.seterr(over='ignore', invalid='ignore')  # numbers too large for float32 are sent
    sent: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    slowest, slowest_kind = 0.0, ''
    with tempfile.TemporaryDirectory() as folder:
        behind = Behind(random.Random(seed), Path(folder, 'kept'))
        until = monotonic() + seconds
        for case in count():
            if case == cases or (cases is None and monotonic() > until):
                break
            behind.chance.seed(f'{seed} {case}')
            kind = behind.chance.choice(list(behind.readers))
            make, use = behind.readers[kind]
            item = make()
            message = None if item is None else to_message(item)
            if message is not None:
                break_message(behind.chance, message)
            sent[kind] += 1
            began = monotonic()
            try:
                use(message)
            except BadInput as error:
                refused[error.reason] += 1
            except Exception:
                traceback.print_exc()
                print(f'case {case} of seed {seed}: {kind} {message}'[:2000], file=sys.stderr)
                return 1
            if monotonic() - began > slowest:
                slowest, slowest_kind = monotonic() - began, kind
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f'{sum(sent.values())} messages, seed {seed}: {dict(sorted(sent.items()))}\n'
          f'{sum(refused.values())} refused: {dict(refused.most_common())}\n'
          f'slowest {slowest * 1e3:.1f} ms ({slowest_kind}), at most {memory} MB')
    return 0


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--seconds', type=float, default=60.0)
    parser.add_argument('--seed', type=int, default=1)
    chosen = parser.parse_args()
    raise SystemExit(run(chosen.seconds, chosen.seed))
