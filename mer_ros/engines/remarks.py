"""What the counts of the engines mean, in the words of the diagnostics and of the reports."""

from __future__ import annotations

FACE = {
    'backward': 'image stamps went back in time; the stream starts afresh',
    'late': 'images came after their selection window was over',
    'no_face': 'there was no face in an image',
    'small_face': 'a face was smaller than min_face',
}

SPEECH = {
    'lost': 'sound is missing between blocks; silence takes its place',
    'gap': 'sound is missing between two blocks; the utterance ends there',
    'backward': 'sound stamps went back in time; the stream starts afresh',
    'model_output': 'the model gave no finite answer; there is no evidence of that utterance',
    'no_voice': 'there was loud sound for 30 s and no voice: is it noise, or are the sample rate, '
                'channels and encoding not those of the microphone (see audio_info, '
                'audio.sample_rate, audio.channels, audio.encoding)?',
}

TEXT = {'truncated': 'a text was longer than max_characters; its end was judged'}

FUSION = {
    'unknown_modality': 'a message names a modality that is not in the parameter modalities',
    'future': 'stamps lie ahead of the clock: check use_sim_time, synchronise the clocks',
    'too_late': 'evidence was too late to be used: see window.max_lateness, staleness.max_age',
    'duplicate': 'one modality, person and stamp came twice: do two publishers share a topic?',
    'overflow': 'messages come faster than window.max_messages allows',
    'crowded': 'there are more people than people.max; newcomers wait until the evidence about '
               'somebody has expired',
    'skipped': 'the clock jumped over so many ticks of the timer that some were left out',
    'restart': 'stamps went back for good: the source has restarted, all was forgotten',
}
