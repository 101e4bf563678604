"""`mer_ros label`: list, label and delete what a robot kept."""

from pathlib import Path

from click.testing import CliRunner, Result
import numpy as np
import pytest

from mer_ros.cli import main
from mer_ros.cli.label_run import read_label
from mer_ros.data import Logits, Media, NANOSECONDS
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.collector import Collector
from mer_ros.engines.segment_folder import Collection, Item


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of three segments: a face, a voice without media, and words."""
    media = (Media(picture=np.zeros((9, 9, 3), np.uint8)), None, Media(words='so they say'))
    kept = Collector(tmp_path / 'kept', media=True, min_entropy=0.0)
    for index, modality in enumerate(('face', 'speech', 'text')):
        logits = np.zeros(7)
        logits[index] = 2.0 - 0.5 * index  # the later, the less sure
        kept.offer(Logits(
            (1_700_000_000 + index) * NANOSECONDS, modality, EMOTIONS, logits, model='test',
            person_id='[x]', features=np.ones((1, 2), np.float32), media=media[index]))
    return tmp_path / 'kept'


def run(*arguments: object, answers: str = '') -> Result:
    return CliRunner(env={'COLUMNS': '80'}).invoke(
        main, ['label', *map(str, arguments)], input=answers)


def items(folder: Path) -> dict[str, Item]:
    """Return the segments by modality."""
    return {item.modality: item for item in Collection(folder).items()}


def labels(folder: Path) -> dict[str, str]:
    return {modality: item.label for modality, item in items(folder).items()}


def test_the_list_begins_with_the_most_uncertain(folder: Path) -> None:
    shown = run(folder, '--list')
    assert shown.exit_code == 0
    assert '3 segments, 0 labelled' in ' '.join(shown.output.split())
    places = [shown.output.index(items(folder)[name].id) for name in ('text', 'speech', 'face')]
    assert places == sorted(places)
    assert '[x]' in shown.output
    for name in ('anger', 'disgust', 'fear'):  # as predicted
        assert name in shown.output


def test_answers_by_name_number_and_beginning_are_stored(folder: Path) -> None:
    asked = run(folder, answers='sadness\n4\nneu\n')
    assert asked.exit_code == 0
    assert labels(folder) == {'text': 'sadness', 'speech': 'happiness', 'face': 'neutral'}
    assert '3 labelled, 0 of them as the model predicted' in asked.output


def test_what_the_model_predicted_is_told_after_the_answer_only(folder: Path) -> None:
    asked = run(folder, answers='q\n')
    question = asked.output[asked.output.index('1/3'):]
    assert 'fear' not in question
    answered = run(folder, answers='fear\nq\n').output
    assert 'fear; the model took it for fear' in answered
    assert '1 labelled, 1 of them as the model predicted' in answered


def test_the_question_says_where_to_look(folder: Path) -> None:
    asked = run(folder, answers='s\ns\ns\n').output
    assert '"so they say"' in asked
    assert 'no media were kept' in asked
    assert str(folder / items(folder)['face'].media) in asked
    assert set(labels(folder).values()) == {''}


def test_after_the_end_what_was_answered_stays_and_the_rest_is_asked_again(folder: Path) -> None:
    run(folder, answers='1\nq\n')
    assert labels(folder) == {'text': 'anger', 'speech': '', 'face': ''}
    again = run(folder, answers='2\n3\n')
    assert '2 segments without a label' in again.output
    assert 'every segment has a label' in run(folder).output


def test_a_wrong_answer_is_explained_and_asked_again(folder: Path) -> None:
    asked = run(folder, answers='8\njoy\ns\nfe\nq\n')
    assert "'8' is no label" in asked.output
    assert "'joy' is no label; give the name or the number of one: 1 anger" in asked.output
    assert labels(folder) == {'text': '', 'speech': 'fear', 'face': ''}


def test_a_segment_that_made_room_meanwhile_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mer_ros.cli import label_run

    def slow(text: str) -> str:
        with Collection(folder).edit() as kept:
            kept.pop(items_before['text'].id, None)
        return read_label(text)

    items_before = items(folder)
    monkeypatch.setattr(label_run, '_read_answer', slow)
    asked = run(folder, answers='1\n2\n3\n')
    assert f"holds no segments ['{items_before['text'].id}']" in asked.output
    assert labels(folder) == {'speech': 'disgust', 'face': 'fear'}


def test_a_label_can_be_set_and_corrected_by_id(folder: Path) -> None:
    face, words = (items(folder)[name].id for name in ('face', 'text'))
    assert '2 labelled' in run(folder, '--set', face, 'anger', '--set', words, '7').output
    assert labels(folder) == {'face': 'anger', 'speech': '', 'text': 'surprise'}
    run(folder, '--set', face, 'neutral')
    assert labels(folder)['face'] == 'neutral'


def test_one_wrong_label_or_id_changes_nothing(folder: Path) -> None:
    face = items(folder)['face'].id
    for wrong, message in ((('--set', face, 's'), "'s' is no label"),
                           (('--set', 'nobody', 'fear'), "no segments ['nobody']")):
        refused = run(folder, '--set', items(folder)['text'].id, 'fear', *wrong)
        assert refused.exit_code == 1
        assert message in refused.output
    assert set(labels(folder).values()) == {''}


def test_a_segment_is_deleted_with_its_files(folder: Path) -> None:
    face = items(folder)['face']
    assert run(folder, '--delete', face.id).output == '1 deleted\n'
    assert set(items(folder)) == {'speech', 'text'}
    assert not [path for path in folder.iterdir() if path.name.startswith(face.id)]


def test_everything_can_be_deleted_and_leftovers_with_it(folder: Path) -> None:
    (folder / '0123abcd.wav').write_bytes(b'left by a crash')
    assert run(folder, '--delete-all').output == '4 deleted\n'
    assert sorted(path.name for path in folder.iterdir()) == ['.lock', 'index.jsonl']


def test_deleting_what_is_not_there_deletes_nothing(folder: Path) -> None:
    refused = run(folder, '--delete', items(folder)['face'].id, '--delete', 'nobody')
    assert refused.exit_code == 1
    assert "no segments ['nobody']" in refused.output
    assert len(items(folder)) == 3


def test_a_label_survives_a_node_that_goes_on_collecting(folder: Path) -> None:
    run(folder, '--set', items(folder)['face'].id, 'anger')
    kept = Collector(folder, capacity=1, min_entropy=0.0)
    for second in range(5):
        kept.offer(Logits(
            (1_700_000_100 + second) * NANOSECONDS, 'speech', EMOTIONS, np.zeros(7),
            features=np.ones((1, 2), np.float32)))
    assert labels(folder)['face'] == 'anger'


def test_two_wishes_at_once_are_refused(folder: Path) -> None:
    refused = run(folder, '--list', '--delete-all')
    assert refused.exit_code == 2
    assert 'give one of' in refused.output
    assert len(items(folder)) == 3


def test_a_folder_that_is_no_collection_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    refused = run(tmp_path, '--delete-all')
    assert refused.exit_code == 1
    assert 'is no collection of segments: it has no index.jsonl' in refused.output
    assert list(tmp_path.iterdir()) == []
    assert tmp_path.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(('text', 'meant'), [
    ('Anger', 'anger'), (' 7 ', 'surprise'), ('su', 'surprise'), ('f', 'fear')])
def test_short_forms_mean_one_label(text: str, meant: str) -> None:
    assert read_label(text) == meant


@pytest.mark.parametrize('text', ['', '0', '8', 's', 'happy!', 'unknown'])
def test_what_means_none_or_several_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match='give the name or the number'):
        read_label(text)
