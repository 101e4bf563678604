"""One engine for every face and voice of REP-155, all of them with the same models."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mer_ros.engines.face import FaceEngine
from mer_ros.engines.humans_ids import HumanIds
from mer_ros.engines.speech import SpeechEngine
from mer_ros.engines.text import TextEngine
from mer_ros.models.protocols import Faces


class WholeImage:
    """The detector for images that are faces already: there is one, as large as the image."""

    name = 'whole'

    def detect(self, image: NDArray[np.uint8]) -> Faces:
        """Return the one face in an image (H, W, 3)."""
        height, width, _ = image.shape
        return Faces(boxes=np.array([[0, 0, width, height]], dtype=np.float32),
                     scores=np.ones(1, dtype=np.float32),
                     landmarks=np.full((1, 5, 2), np.nan, dtype=np.float32))


@dataclass(kw_only=True)
class HumansEngine:
    """Who is who, and the makers of the engines that judge each face and voice.

    The engines that ``face`` and ``voice`` make share their models; ``text`` keeps no state, so
    all voices share it.  A modality that is not perceived is None.
    """

    ids: HumanIds
    make_face: Callable[[], FaceEngine] | None = None
    make_voice: Callable[[], SpeechEngine] | None = None
    text: TextEngine | None = None
    _counts: dict[str, Counter[str]] = field(
        default_factory=lambda: {'face': Counter(), 'speech': Counter()})

    @property
    def modalities(self) -> tuple[str, ...]:
        """The modalities that are perceived."""
        parts = {'face': self.make_face, 'speech': self.make_voice, 'text': self.text}
        return tuple(name for name, part in parts.items() if part is not None)

    def face(self) -> FaceEngine | None:
        """Return an engine for one more face."""
        if self.make_face is None:
            return None
        engine = self.make_face()
        engine.counts = self._counts['face']
        return engine

    def voice(self) -> SpeechEngine | None:
        """Return an engine for one more voice."""
        if self.make_voice is None:
            return None
        engine = self.make_voice()
        engine.counts = self._counts['speech']
        return engine

    @property
    def counts(self) -> Counter[str]:
        """What was out of the ordinary, by part and reason, of all engines together."""
        parts = {'ids': self.ids.counts, **self._counts,
                 'text': Counter() if self.text is None else self.text.counts}
        return Counter({f'{part}.{name}': count for part, counts in parts.items()
                        for name, count in counts.copy().items()})
