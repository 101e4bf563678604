"""CREMA-D: AudioWAV/1001_DFA_ANG_XX.wav and VideoFlash/1001_DFA_ANG_XX.flv.

H. Cao et al., CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset, IEEE Transactions on
Affective Computing 5(4), 2014.
"""

from collections.abc import Iterator
import csv
from pathlib import Path
import re

from mer_ros.research.corpora.clip import by_stem, Clip, find, Skipped, split_of

LAYOUT = 'VideoFlash/1001_DFA_ANG_XX.flv and AudioWAV/1001_DFA_ANG_XX.wav (either may be missing)'

SENTENCES = {
    'IEO': "It's eleven o'clock",
    'TIE': 'That is exactly what happened',
    'IOM': "I'm on my way to the meeting",
    'IWW': 'I wonder what this is about',
    'TAI': 'The airplane is almost full',
    'MTI': 'Maybe tomorrow it will be cold',
    'IWL': 'I would like a new alarm clock',
    'ITH': "I think I have a doctor's appointment",
    'DFA': "Don't forget a jacket",
    'ITS': "I think I've seen this before",
    'TSI': 'The surface is slick',
    'WSI': "We'll stop in a couple of minutes",
}
"""What is said, by the code in the name of the file."""

INTENSITIES = {'LO': 'low', 'MD': 'medium', 'HI': 'high'}
"""How strongly the emotion is shown, by code; XX means that nobody asked for a strength."""

VOTES = 'processedResults/summaryTable.csv'
"""Where the emotion that most raters perceived in voice and face together stands."""

_PERCEIVED = {'A': 'anger', 'D': 'disgust', 'F': 'fear', 'H': 'happiness', 'N': 'neutral',
              'S': 'sadness'}

_NAME = re.compile(r'(\d{4})_([A-Z]{3})_(ANG|DIS|FEA|HAP|NEU|SAD)_([A-Z]{1,2})')


def read(root: Path) -> Iterator[Clip | Skipped]:
    """Yield the clips; the label is the emotion that the actor was asked for.

    ``perceived`` is known where VOTES is there, and raters agreed on one emotion.
    """
    votes = _votes(root)
    films, sounds = by_stem(find(root, 'VideoFlash/*.*')), by_stem(find(root, 'AudioWAV/*.*'))
    for name in sorted(films.keys() | sounds.keys()):
        parts = _NAME.fullmatch(name)
        if parts is None or parts[2] not in SENTENCES:
            yield Skipped(name, 'the name is not like 1001_DFA_ANG_XX: actor, sentence, emotion, '
                                'level')
            continue
        actor, sentence, label, level = parts.groups()
        yield Clip(id=name, person=actor, label=label.lower(), split=split_of('crema_d', actor),
                   film=films.get(name), sound=sounds.get(name),
                   transcript=SENTENCES[sentence], intensity=INTENSITIES.get(level, ''),
                   perceived=votes.get(name, ''))


def _votes(root: Path) -> dict[str, str]:
    """Return the perceived emotion by clip; several of equal votes, such as A:N, are none."""
    tables = find(root, VOTES)
    if not tables:
        return {}
    with tables[0].open(newline='', encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    missing = [name for name in ('FileName', 'MultiModalVote') if rows and name not in rows[0]]
    if missing:
        raise ValueError(f'{tables[0]} lacks the columns {missing}')
    return {row['FileName']: _PERCEIVED[row['MultiModalVote']] for row in rows
            if row['MultiModalVote'] in _PERCEIVED}
