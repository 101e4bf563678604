"""Small sets of labelled texts."""

import pytest

from mer_ros.emotions import EMOTIONS

HEADER = 'id\ttext\tekman7\tekman7_all\tlabels\n'
SIX = [emotion for emotion in EMOTIONS if emotion != 'neutral']


@pytest.fixture(scope='session')
def text_sets(tmp_path_factory):
    """Return a function that writes two sets, and returns their folder.

    One word gives every emotion away; films lack neutral.
    """
    def write(each=12):
        root = tmp_path_factory.mktemp('data')
        for name, stem, emotions in (('goemotions', '', EMOTIONS), ('xed', 'en_', SIX)):
            (root / name).mkdir()
            for split in ('train', 'dev', 'test'):
                lines = [f'{name}{split}{emotion}{i}\tthis is {name} {emotion} word{i}\t{emotion}\t'
                         f'{emotion}\t{emotion}\n' for emotion in emotions for i in range(each)]
                lines.append(f'x{split}\tboth of them\t\tanger|neutral|fear\tanger|fear\n')
                lines.append(f'y{split}\tnone of them\t\t\ttrust\n')
                (root / name / f'{stem}{split}.tsv').write_text(HEADER + ''.join(lines))
        return root

    return write
