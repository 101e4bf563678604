"""The trigger that closes one window an utterance."""

from bisect import bisect_left, bisect_right
from operator import attrgetter

import numpy as np

from mer_ros.data import Logits
from mer_ros.window.plan import Plan
from mer_ros.window.settings import WindowSettings
from mer_ros.window.track import Track

_stamp = attrgetter('stamp')


def plan_utterance(track: Track, settings: WindowSettings) -> Plan | None:
    """Plan the window of the first utterance that waits.

    It reaches from the start of the voice to its end, and waits up to ``length`` longer, or until
    the next utterance ends, for a modality of which nothing lies within.  Where no voice waits,
    what else waits is forgotten ``max_age`` after the newest of it.
    """
    voices = track.waiting[settings.voice]
    if not voices:
        waits = track.first
        return None if waits is None else Plan(
            waits, track.newest_waiting + settings.max_age, forgets=True)
    voice = voices[0]
    end = voice.stamp
    close = end + settings.length
    if len(voices) > 1:
        close = min(close, voices[1].stamp - 1)
    chosen = [_choose(queue, voice, close) for name, queue in track.waiting.items()
              if name != settings.voice]
    complete = max([end, *[one.stamp for one in chosen if one is not None]])
    if any(one is None for one in chosen):
        return Plan(_start(voice), close)
    past = complete + 1 if settings.settle else complete
    settled = min(queue[-1].stamp for queue in track.waiting.values()) >= past
    return Plan(_start(voice), complete, settled)


def take_utterance(track: Track, settings: WindowSettings, close: int) -> dict[str, Logits]:
    """Use up the first utterance that waits; return what belongs to it, by modality.

    Everything up to the end of the voice is used up, and what was chosen from after it.
    """
    voice = track.waiting[settings.voice][0]
    chosen = {}
    for name, queue in track.waiting.items():
        one = voice if name == settings.voice else _choose(queue, voice, close)
        if one is not None:
            chosen[name] = one
            if one.stamp > voice.stamp:
                queue.remove(one)
    track.use(voice.stamp)
    track.used = {**track.used, **chosen}
    return chosen


def _start(voice: Logits) -> int:
    return voice.stamp - voice.window


def _choose(queue: list[Logits], voice: Logits, close: int) -> Logits | None:
    """Return what one modality says to an utterance, None where it says nothing.

    The message with the highest saliency, or probability, of all whose stamp lies within the
    voice, the later of equals.  Where there is none, the first after it, up to the close, that
    began before the voice ended or does not tell when it began.
    """
    within = queue[bisect_left(queue, _start(voice), key=_stamp):
                   bisect_right(queue, voice.stamp, key=_stamp)]
    if within:
        return max(within, key=lambda one: (_peak(one), one.stamp))
    after = queue[bisect_right(queue, voice.stamp, key=_stamp):
                  bisect_right(queue, close, key=_stamp)]
    return next((one for one in after
                 if not one.window or one.stamp - one.window <= voice.stamp), None)


def _peak(item: Logits) -> float:
    """Return how much a moment tells, in (0, 1]: its saliency, else the highest probability."""
    return item.saliency or float(1.0 / np.exp(item.logits - item.logits.max()).sum())
