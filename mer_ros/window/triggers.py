"""The rules by which a window closes."""

from mer_ros.window.plan import Plan
from mer_ros.window.settings import WindowSettings
from mer_ros.window.track import Track
from mer_ros.window.utterances import plan_utterance


def next_window(track: Track, settings: WindowSettings) -> Plan | None:
    """Plan the next window of a person, or the end of the person's evidence if that comes first."""
    first = _first(track, settings)
    plan = _PLANNERS[settings.trigger](track, settings, first)
    if not track.used:
        return plan
    last = track.newest_used
    expiry = last + settings.max_age
    if (first is None or first >= expiry) and (plan is None or plan.close >= expiry):
        return Plan(last, expiry, expired=True)
    return plan


def _first(track: Track, settings: WindowSettings) -> int | None:
    """Return the smallest stamp that opens a window, or None."""
    if settings.trigger != 'utterance':
        return track.first
    voices = track.waiting[settings.voice]
    return voices[0].stamp if voices else None


def _complete_or_deadline(track: Track, settings: WindowSettings, start: int | None
                          ) -> Plan | None:
    if start is None:
        return None
    queues = track.waiting.values()
    close = start + settings.length
    if not all(queues):
        return Plan(start, close)
    close = min(close, max([queue[0].stamp for queue in queues]))
    # A modality sends in order: once it is past the close, nothing of it can be on its way.  At
    # the close itself another message with the same stamp may be; only ``settle`` waits for it.
    past = close + 1 if settings.settle else close
    settled = min([queue[-1].stamp for queue in queues]) >= past
    return Plan(start, close, settled)


def _timer(track: Track, settings: WindowSettings, first: int | None) -> Plan | None:
    period = settings.period
    if track.used and track.close is not None:
        tick = (track.close // period + 1) * period
    elif first is not None:
        tick = -(-first // period) * period
    else:
        return None
    return Plan(tick - period, tick)


def _utterance(track: Track, settings: WindowSettings, first: int | None) -> Plan | None:
    return plan_utterance(track, settings)


_PLANNERS = {'complete_or_deadline': _complete_or_deadline, 'timer': _timer,
             'utterance': _utterance}
