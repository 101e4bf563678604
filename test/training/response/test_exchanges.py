"""Emotion-conditioned dialogue is read in both layouts."""

import pytest

from mer_ros.training.response.exchanges import read_exchanges, Said


def test_exchanges_are_read_by_split(tmp_path):
    path = tmp_path / 'said.csv'
    path.write_text('words,reply,emotion,split\nmy dog died,I am sorry,sad,train\n'
                    'hello,"Hi, you",,dev\nhooray,Nice,joy,test\n')
    assert read_exchanges(path) == {
        'train': [Said('my dog died', 'I am sorry', 'sadness', 'train')],
        'dev': [Said('hello', 'Hi, you', '', 'dev')],
        'test': [Said('hooray', 'Nice', 'happiness', 'test')]}


def test_turns_of_a_dialogue_become_exchanges_with_the_emotion_of_the_first(tmp_path):
    path = tmp_path / 'turns.tsv'
    rows = [f'{split}\t{turn}\t{split} {turn} "\t{emotion}\t{split}' for split in (
        'train', 'dev', 'test') for turn, emotion in enumerate(('anger', '', 'fear'))]
    path.write_text('dialogue\tturn\ttext\tekman7\tsplit\n' + '\n'.join(rows) + '\n')
    found = read_exchanges(path)
    assert found['train'] == [Said('train 0 "', 'train 1 "', 'anger', 'train'),
                              Said('train 1 "', 'train 2 "', '', 'train')]
    assert [len(part) for part in found.values()] == [2, 2, 2]


def test_without_splits_a_dialogue_stays_in_one(tmp_path):
    path = tmp_path / 'said.csv'
    path.write_text('words,reply,emotion,dialogue\n' + ''.join(
        f'words {row},reply,fear,{row // 4}\n' for row in range(200)))
    found = read_exchanges(path)
    numbers = [{int(one.words.split()[1]) // 4 for one in part} for part in found.values()]
    assert sum(map(len, numbers)) == 50
    assert len(numbers[0]) > 30


@pytest.mark.parametrize(('text', 'reason'), [
    ('words,answer\na,b\n', r"needed are \['words', 'reply', 'emotion'\] or"),
    ('words,reply,emotion\na,,joy\n', "line 2: words 'a', reply ''"),
    ('words,reply,emotion\na,b,boredom\n', "emotion 'boredom'"),
    ('words,reply,emotion,split\na,b,joy,train\n', r"no exchange in \['dev', 'test'\]")])
def test_a_file_that_is_wrong_is_answered_with_what_is_needed(tmp_path, text, reason):
    (tmp_path / 'x.csv').write_text(text)
    with pytest.raises(ValueError, match=reason):
        read_exchanges(tmp_path / 'x.csv')
