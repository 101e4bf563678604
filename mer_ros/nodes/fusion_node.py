"""The fusion node: logits of every modality in, the perceived emotion out."""

from collections import deque
from collections.abc import Mapping, Sequence
from statistics import median
from time import monotonic
from typing import Any

from mer_ros.data import BadInput, Emotion, NO_VOICE
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.remarks import FUSION
from mer_ros.messages.conversions import (
    array_message,
    logits_from,
    speaker_from,
    to_ros,
    voice_activity_from,
)
from mer_ros.msg import (
    ActiveSpeaker,
    EmotionState,
    EmotionStateArray,
    ModalityLogits,
    VoiceActivity,
)
from mer_ros.nodes.base.engine_node import EngineNode
from mer_ros.nodes.base.meter import Reading, RECENT
from mer_ros.nodes.base.qos import LOGITS_DEPTH, STATE_QOS, WATCHED_QOS
from mer_ros.nodes.base.run import run
from mer_ros.nodes.base.site import Purpose
from mer_ros.nodes.fusion_parameters import (
    fusion_settings,
    modality_parameters,
    no_utterances,
    PARAMETERS,
    temporal_filter,
    window_settings,
)
from mer_ros.printable import printable

TICK = 0.02
"""Seconds between two looks at whether a window is due."""

ARRAY_PERIOD = 0.1
"""Least seconds between two emotion_array messages: with many people each is large."""

ALIVE_PERIOD = 0.5
"""Seconds between two assertions that the node is alive, well below the lease."""

MOST_NAMES = 10
"""People whom the diagnostics name."""


class FusionNode(EngineNode):
    """Hands logits to the fusion engine and publishes the states that it returns.

    Fusing takes microseconds, so it happens in the executor's thread as the message comes in.
    """

    purpose = Purpose(
        'combines what the other nodes perceive to an emotion of each person',
        'the last state of each person until it expires')
    remarks = FUSION

    def __init__(self, **options: Any) -> None:
        self._emotion: Any = None
        self._array: Any = None
        self._no_utterances = ''
        self._latest: dict[str, EmotionState] = {}
        self._array_is_due = False
        self._array_published = -ARRAY_PERIOD
        self._conflicts: deque[float] = deque(maxlen=RECENT)
        super().__init__('fusion_node', PARAMETERS, **options)
        self.parameters.declare(modality_parameters(self.get_parameter('modalities').value))

    def build(self, values: Mapping[str, Any]) -> None:
        """Make the engine and the publishers."""
        # The modalities may have been changed since the node was made.
        self.parameters.declare([
            parameter for parameter in modality_parameters(values['modalities'])
            if parameter.name not in values])
        values = self.parameters.values()
        self.engine = FusionEngine(
            modalities=values['modalities'], labels=values['labels'],
            fusion=fusion_settings(values), window=window_settings(values),
            temporal=temporal_filter(values))
        self._no_utterances = no_utterances(values)
        if self._no_utterances:
            self.get_logger().warning(self._no_utterances)
        self._emotion = self.advertise(EmotionState, 'emotion', WATCHED_QOS)
        self._array = self.advertise(EmotionStateArray, 'emotion_array', STATE_QOS)

    def start(self, values: Mapping[str, Any]) -> None:
        """Subscribe to the logits of every modality, to who speaks and to whether anybody does."""
        for modality in values['modalities']:
            self.subscribe(ModalityLogits, f'{modality}/logits', self._on_logits, LOGITS_DEPTH)
        self.subscribe(ActiveSpeaker, 'active_speaker', self._on_speaker, LOGITS_DEPTH)
        if (voice := values['window.voice']) in values['modalities']:
            self.subscribe(VoiceActivity, f'{voice}/voice_activity', self._on_voice, LOGITS_DEPTH)
        self.every(TICK, self._on_tick)
        self.every(ALIVE_PERIOD, self._emotion.assert_liveliness, always=True)

    def forget(self) -> None:
        """Drop all evidence and tell subscribers that nobody is perceived any more."""
        self._publish_states(self.engine.withdraw())
        self._publish_array()

    def rewind(self) -> None:
        """Drop all evidence without a word: there is no stamp that would fit the new time."""
        self.engine.reset()
        self._latest.clear()

    def check(self, values: Mapping[str, Any]) -> None:
        """Refuse fusion settings that do not work with the modalities and labels."""
        fusion_settings(values).prepare(values['modalities'], values['labels'])

    def apply(self, values: Mapping[str, Any]) -> None:
        """Fuse with the new settings from the next window on."""
        self.engine.configure(fusion_settings(values))

    def _on_logits(self, message: ModalityLogits) -> None:
        self._publish(self.attempt(self._add, message) or ())

    def _add(self, message: ModalityLogits) -> list[Emotion]:
        logits = logits_from(message)
        self.note_age('logits', logits.stamp)
        if logits.modality not in self.engine.modalities:
            raise BadInput('unknown_modality', (
                f'a message names the modality {printable(logits.modality)!r}, which is not in the '
                f'parameter modalities {list(self.engine.modalities)}: add it there, or set the '
                f'parameter modality of the node that publishes it'))
        return self.engine.add(logits, self.now)

    def _on_speaker(self, message: ActiveSpeaker) -> None:
        self.attempt(lambda: self.engine.note_speaker(speaker_from(message), self.now))

    def _on_voice(self, message: VoiceActivity) -> None:
        self._publish(self.attempt(
            lambda: self.engine.note_voice(voice_activity_from(message), self.now)) or ())

    def _on_tick(self) -> None:
        self._publish(self.engine.advance(self.now))

    def _publish(self, states: Sequence[Emotion]) -> None:
        self._publish_states(states)
        self._array_is_due |= bool(states)
        if self._array_is_due and monotonic() - self._array_published >= ARRAY_PERIOD:
            if self._array.get_subscription_count():
                self._publish_array()
            else:  # it costs as much as all states together; whoever comes gets it then
                self._array_published = monotonic()

    def _publish_states(self, states: Sequence[Emotion]) -> None:
        for state in states:
            message = to_ros(state)
            self._emotion.publish(message)
            self.meter.count('published')
            self._conflicts.append(state.conflict)
            if state.modalities:
                self._latest[state.person_id] = message
            else:
                self._latest.pop(state.person_id, None)
        for forgotten in self._latest.keys() - self.engine.people:
            del self._latest[forgotten]

    def _publish_array(self) -> None:
        self._array.publish(array_message(list(self._latest.values())))
        self._array_is_due = False
        self._array_published = monotonic()

    def describe(self, reading: Reading) -> dict[str, object]:
        """Return what the engine counted, how many people there are, and the conflict."""
        conflicts = list(self._conflicts)
        self._conflicts.clear()
        waiting = self.engine.turned_away() if self.engine is not None else []
        return {
            'people': len(self._latest),
            'waiting for a place': ', '.join(waiting[:MOST_NAMES]) or 'nobody',
            'labels': ', '.join(f'{person or "anonymous"}: {state.label}'
                                for person, state in sorted(self._latest.items())[:MOST_NAMES]),
            'words without a voice': 0 if self.engine is None else self.engine.counts[NO_VOICE],
            'conflict median': median(conflicts) if conflicts else 'none',
        }

    def warnings(self, reading: Reading) -> list[str]:
        """Name the modalities that nobody publishes or that the last states lacked."""
        silent = [name for name in self.engine.modalities
                  if not self.count_publishers(f'{name}/logits')]
        lacking = {name for state in self._latest.values() for name in state.missing}
        found = [self._no_utterances] if self._no_utterances else []
        found += [f'nobody publishes {name}/logits' for name in silent]
        found += [f'{name} is missing' for name in self.engine.modalities
                  if name in lacking and name not in silent]
        return found


def main(args: list[str] | None = None) -> int:
    """Run the fusion node."""
    return run([FusionNode], args)
