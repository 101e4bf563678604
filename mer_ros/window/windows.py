"""Event-time windows over the messages about several people."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from operator import attrgetter

from mer_ros.data import Logits
from mer_ros.window.agenda import Agenda
from mer_ros.window.contents import Evidence, Window
from mer_ros.window.event_clock import EventClock
from mer_ros.window.plan import Plan
from mer_ros.window.settings import WindowSettings
from mer_ros.window.track import Track
from mer_ros.window.triggers import next_window
from mer_ros.window.utterances import take_utterance

RESTART_AFTER = 10
"""Messages in a row that are too late, with none in time, which mean that the source restarted."""

MOST_TICKS = 1000
"""Ticks of the timer, over all people, that one ``advance`` makes up for after the clock jumped."""

_time = attrgetter('time')


class Windows:
    """Gathers the messages about each person into windows of event time.

    Use it where several sources describe the same moment, each at its own pace.  Windows follow
    from the stamps of the messages; the clock only says how long to wait for what is on its way.

    With the trigger 'complete_or_deadline' a window opens at the first stamp after the last
    close.  It closes at the stamp that completes it, or at its deadline when a modality has none
    in it; it then holds the newest message of each modality up to the close, also one from before
    the window.  Ages are measured from the newest of them.  With the trigger 'timer' a window
    closes at every multiple of the period, and ages are measured from it.  With the trigger
    'utterance' one closes for every message of the modality ``voice``, which tells with its window
    when the voice began.  It holds this message and, of each other modality, the message with the
    highest probability of those stamped while the voice lasted; where there is none, the first
    that comes within ``length`` after its end and before the next utterance ends.  What was said
    before is not used again.

    A closed window is handed out as soon as every modality has sent something newer than the
    close, or ``settle`` after it.  **The trade-off**: with ``settle`` longer than the largest delay
    of arrival (each modality in order about each person) the windows are a function of event time
    alone, whatever the order of arrival between modalities.  With ``settle`` 0 latency is least: a
    complete window is handed out at once, and what still comes for it counts as late.

    ``counts`` tells what was out of the ordinary since construction:

    * dropped: 'unknown_modality', 'unstamped' (zero or negative stamp), 'future' (ahead of the
      clock), 'too_late' (before the last close by more than ``max_lateness``, or expired on
      arrival), 'overflow' (more than ``max_messages``), 'crowded' (of somebody for whom there is
      no place: all ``max_people`` have evidence that has not expired);
    * kept: 'late' (its window had closed; kept for the next one unless the modality has a newer
      one), 'duplicate' (the same modality, person and stamp again: one of them is kept, the same
      one in any order of arrival);
    * 'restart': so many messages in a row were too late that the source must have started again
      (a looped bag without simulated time), so that everything was forgotten;
    * 'skipped': ticks of the timer that were left out because the clock jumped over more than
      MOST_TICKS of them; the newest are kept.

    Args:
        modalities: names of the expected modalities, at least one, each once.
        settings: the durations and bounds.
        on_restart: called when a restart of the source makes everything forgotten.

    Raises:
        ValueError: no modality is named, or one is named twice, or the voice is not among them.
    """

    def __init__(
        self, modalities: Sequence[str], settings: WindowSettings | None = None, *,
        on_restart: Callable[[], None] = lambda: None,
    ) -> None:
        self.modalities = tuple(modalities)
        if not self.modalities or len(set(self.modalities)) < len(self.modalities):
            raise ValueError(
                f'modalities are {list(self.modalities)}; name at least one, each exactly once')
        self.settings = settings or WindowSettings()
        if self.settings.trigger == 'utterance' and self.settings.voice not in self.modalities:
            raise ValueError(
                f'the trigger utterance needs the modality {self.settings.voice!r}; modalities '
                f'are {list(self.modalities)}: add it, or name another one in window.voice')
        self.counts: Counter[str] = Counter()
        self._tracks: dict[str, Track] = {}
        self._agenda = Agenda()
        self._clock = EventClock(max_lag=self.settings.max_age)
        self._turned_away: set[str] = set()
        self._on_restart = on_restart
        self._too_late_in_a_row = 0

    @property
    def people(self) -> Collection[str]:
        """Whose messages are kept."""
        return self._tracks.keys()

    def newest_used(self) -> dict[str, int]:
        """Return the newest stamp in the windows of each person who has had one."""
        return {name: track.newest_used for name, track in self._tracks.items() if track.used}

    def turned_away(self) -> list[str]:
        """Return who has found no place since the last call, at most as many as have one."""
        names = sorted(self._turned_away)
        self._turned_away.clear()
        return names

    def reset(self) -> None:
        """Forget all messages, as after a jump of the clock; the counts stay."""
        self._tracks.clear()
        self._agenda.clear()
        self._turned_away.clear()
        self._clock.reset()
        self._too_late_in_a_row = 0

    def add(self, item: Logits, now: int | None) -> list[Window]:
        """Take a message in and return the windows that are ready, as ``advance`` does.

        A message that cannot be used is counted and dropped.
        """
        if item.modality not in self.modalities:
            self.counts['unknown_modality'] += 1
        elif item.stamp <= 0:
            self.counts['unstamped'] += 1
        elif now and item.stamp > now + self.settings.max_future:
            self.counts['future'] += 1
        elif self._is_full_for(item.person_id):
            ready = self.advance(now)  # whoever has expired by now makes room
            self._put(item, now)
            return ready + self.advance(now)
        else:
            self._put(item, now)
        return self.advance(now)

    def advance(self, now: int | None) -> list[Window]:
        """Return the windows that are ready, in the order of their times, then of people.

        Args:
            now: the node's clock in nanoseconds; None or 0 as long as it has no time, and then
                messages are kept but nothing is handed out.
        """
        time = self._clock.time(now)
        if time is None:
            return []
        due = self._agenda.due(time - self.settings.settle)
        if not due:
            return []
        if self.settings.trigger == 'timer':
            for person_id in due:
                self._skip_ticks(person_id, time, most=max(1, MOST_TICKS // len(due)))
        windows = [window for person_id in sorted(due)
                   for window in self._close_windows(person_id, time)]
        return sorted(windows, key=_time)

    def next_deadline(self) -> int | None:
        """Return the time of the node's clock at which ``advance`` next has something to do.

        None means that nothing happens before the next message.
        """
        first = self._agenda.first
        return None if first is None else first + self.settings.settle + self._clock.offset

    def _put(self, item: Logits, now: int | None) -> None:
        self._clock.observe(item.stamp, now)
        if self._is_too_late(item, now):
            self.counts['too_late'] += 1
            self._too_late_in_a_row += 1
            if self._too_late_in_a_row < RESTART_AFTER:
                return
            self.counts['restart'] += 1
            self.reset()
            self._on_restart()
            self._clock.observe(item.stamp, now)
        track = self._tracks.get(item.person_id)
        if track is None:
            if self._is_full_for(item.person_id):
                self._turn_away(item.person_id)
                return
            track = Track(self.modalities, max_messages=self.settings.max_messages)
            self._tracks[item.person_id] = track
        if track.close is None or item.stamp > track.close:
            self._too_late_in_a_row = 0
        remark = track.put(item)
        if remark is not None:
            self.counts[remark] += 1
        if self.settings.trigger == 'utterance' and item.modality != self.settings.voice:
            # A stream that nobody speaks to is not kept for ever.
            track.forget_waiting(item.modality, item.stamp - self.settings.max_age
                                 - self.settings.max_lateness)
        self._plan(item.person_id)

    def _is_full_for(self, person_id: str) -> bool:
        return len(self._tracks) >= self.settings.max_people and person_id not in self._tracks

    def _turn_away(self, person_id: str) -> None:
        self.counts['crowded'] += 1
        if len(self._turned_away) < self.settings.max_people:
            self._turned_away.add(person_id)

    def _is_too_late(self, item: Logits, now: int | None) -> bool:
        time = self._clock.time(now)
        if time is not None and time - item.stamp >= self.settings.max_age:
            return True
        track = self._tracks.get(item.person_id)
        return (track is not None and track.close is not None
                and track.close - item.stamp > self.settings.max_lateness)

    def _plan(self, person_id: str) -> Plan | None:
        plan = next_window(self._tracks[person_id], self.settings)
        self._agenda.put(person_id, plan)
        return plan

    def _skip_ticks(self, person_id: str, time: int, *, most: int) -> None:
        """Leave out ticks, so that at most ``most`` are left to hand out."""
        plan, track = self._agenda.plan(person_id), self._tracks[person_id]
        end = min(time - self.settings.settle, track.newest + self.settings.max_age)
        skipped = (end - plan.close) // self.settings.period + 1 - most
        if skipped > 0 and not plan.expired:
            track.use(plan.close + (skipped - 1) * self.settings.period)
            self._plan(person_id)
            self.counts['skipped'] += skipped

    def _close_windows(self, person_id: str, time: int) -> list[Window]:
        track = self._tracks[person_id]
        plan: Plan | None = self._agenda.plan(person_id)
        windows = []
        while plan is not None and (
                plan.settled or time >= plan.close + self.settings.settle):
            if plan.forgets:
                for modality in self.modalities:
                    track.forget_waiting(modality, plan.close)
            else:
                windows.append(self._expire(person_id, track, plan) if plan.expired
                               else self._close(person_id, track, plan))
            plan = self._plan(person_id)
        if not track.used and track.first is None:
            del self._tracks[person_id]
        return windows

    def _close(self, person_id: str, track: Track, plan: Plan) -> Window:
        if self.settings.trigger == 'utterance':
            chosen = take_utterance(track, self.settings, plan.close)
            time = max(item.stamp for item in chosen.values())
        else:
            track.use(plan.close)
            chosen = track.used
            time = plan.close if self.settings.trigger == 'timer' else track.newest_used
        evidence = {}
        for modality in self.modalities:
            item = chosen.get(modality)
            if item is not None and time - item.stamp < self.settings.max_age:
                age = time - item.stamp
                evidence[modality] = Evidence(item, age, 2.0 ** (-age / self.settings.half_life))
        missing = tuple([name for name in self.modalities if name not in evidence])
        return Window(person_id, plan.start, time, evidence, missing)

    def _expire(self, person_id: str, track: Track, plan: Plan) -> Window:
        track.forget_used()
        return Window(person_id, plan.start, plan.close, {}, self.modalities, expired=True)
