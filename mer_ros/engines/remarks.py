"""What the counts of the engines mean, in the words of the diagnostics and of the reports."""

from __future__ import annotations

from collections.abc import Iterable

FACE = {
    'backward': 'image stamps jumped back in time; the stream was reset',
    'late': 'images arrived after their selection window had closed',
    'no_face': 'no face was found in an image',
    'small_face': 'a face was smaller than min_face',
}

SPEECH = {
    'lost': 'sound is missing between blocks; it is replaced by silence',
    'gap': 'sound is missing between two blocks; the utterance ends there',
    'backward': 'sound stamps jumped back in time; the stream was reset',
    'model_output': 'the output of the model was not finite; the utterance was discarded',
    'no_voice': 'loud sound for 30 s, but no voice: it is noise, or sample rate, channels or '
                'encoding are wrong (check audio_info, audio.sample_rate, audio.channels, '
                'audio.encoding)',
}

TEXT = {'truncated': 'a text was longer than max_characters; only its end was used'}

FUSION = {
    'unknown_modality': 'a message names a modality that is not in the parameter modalities',
    'future': 'stamps are ahead of the clock: check use_sim_time and synchronise the clocks',
    'too_late': 'evidence arrived too late: see window.max_lateness, staleness.max_age',
    'duplicate': 'duplicate modality, person and stamp: do two publishers share a topic?',
    'overflow': 'messages come faster than window.max_messages allows',
    'crowded': 'more people than people.max; a new person waits until the evidence about another '
               'one has expired',
    'skipped': 'the clock jumped over many ticks of the timer; some were skipped',
    'no_voice': 'words came while the microphone heard no voice; they do not count: see '
                'text.voice_within',
    'restart': 'stamps jumped back permanently: the source has restarted; evidence was discarded',
}

USUAL = {
    'late': 'evidence arrived after its window had closed; at most the next one uses it',
    'unstamped': 'evidence had no time',
    'language': 'words are in a language that the model never learned; they do not count',
    'unknown_words': 'the model knows none of the words; they do not count',
}
"""What is worth a line in a report, but no warning of a node."""

DOUBTS = {
    'language': 'a language that was not learned',
    'unknown_words': 'unknown words',
    'confidence': 'unsure recogniser',
    'no_voice': 'no voice was heard',
    'unsure_detection': 'perhaps no face',
    'no_face': 'no face in the crop',
    'small': 'a small face',
    'blurred': 'a blurred face',
    'dark': 'a dark face',
    'turned': 'a turned face',
    'pauses': 'hardly any voice',
    'overdriven': 'an overdriven microphone',
    'short': 'a short utterance',
    'noisy': 'noise',
    'narrow_band': 'a muffled sound',
    'strange_voice': 'a sound unlike the voices that were learned',
}
"""Why evidence is trusted less, in a few words for people, by the name in ``Logits.doubts``."""


def doubts_in_words(doubts: Iterable[str]) -> list[str]:
    """Return what doubts mean; a name that the table does not have is given as it is."""
    return [DOUBTS.get(name, name) for name in doubts]
