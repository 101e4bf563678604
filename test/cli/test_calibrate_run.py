"""The command `mer_ros calibrate`, from recordings to a file."""

from click.testing import CliRunner
import numpy as np
import pytest
import yaml

from mer_ros.bags import BagWriter
from mer_ros.bags.bag_messages import to_message
from mer_ros.calibration import labelled_logits as calibrate_data
from mer_ros.calibration.labelled_bag import LabelledBag
from mer_ros.calibration.labelled_logits import DATASETS, from_datasets, from_manifest
from mer_ros.cli import main
from mer_ros.data import Logits, nanoseconds
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings

HAPPY, SAD = (EMOTIONS.index(label) for label in ('happiness', 'sadness'))


def write_bag(folder, labels='start,end,label\n0,40,happiness\n40.1,80,sadness\n'):
    """Write what two models said for 80 s, happy at first; the words are right 3 times in 4."""
    draw = np.random.default_rng(0)
    with BagWriter(folder) as bag:
        for second in range(1, 81):
            for modality, names in (('face', EMOTIONS), ('text', EMOTIONS[:6])):
                truth = HAPPY if second <= 40 else SAD
                said = truth if modality == 'face' or draw.random() < 0.75 else 0
                logits = 6.0 * (np.arange(len(names)) == said) + draw.normal(size=len(names)) * 3
                stamp = nanoseconds(1000 + second)
                bag.write(f'/{modality}/logits', to_message(Logits(
                    stamp, modality, names, logits, window=nanoseconds(1))), stamp)
    (folder / 'labels.csv').write_text(labels)
    return folder


class Echo:
    """A model whose input is a word that starts with its best class."""

    name = 'echo'
    labels = EMOTIONS

    def logits(self, batch):
        return np.array([[3.0 * word.startswith(label) for label in EMOTIONS] for word in batch],
                        dtype=np.float32)


def test_the_logits_of_a_bag_become_parameters(tmp_path):
    bag, out = write_bag(tmp_path / 'bag'), tmp_path / 'mine.yaml'
    done = CliRunner().invoke(
        main, ['calibrate', '--bag', str(bag), '--risk', '0.4', '--out', str(out)])
    assert done.exit_code == 0, done.output
    values = yaml.safe_load(out.read_text())['/**']['fusion_node']['ros__parameters']
    assert 0.2 <= values['face.temperature'] <= 5.0
    assert values['text.reliability'] < 1.0
    assert out.read_text() in done.output


def test_prediction_sets_are_fitted_on_spans_of_a_bag_that_are_kept_aside(tmp_path):
    spans = [f'{2 * n},{2 * n + 1.9},{"happiness" if n < 20 else "sadness"}' for n in range(40)]
    bag, out = write_bag(tmp_path / 'bag', '\n'.join(['start,end,label', *spans])), tmp_path / 'me'
    done = CliRunner().invoke(
        main, ['calibrate', '--bag', str(bag), '--coverage', '0.8', '--out', str(out)])
    assert done.exit_code == 0, done.output
    values = yaml.safe_load(out.read_text())['/**']['fusion_node']['ros__parameters']
    assert values['prediction_set.coverage'] == 0.8
    assert 0.0 <= values['prediction_set.threshold'] <= 1.0
    assert '20 people (or' in ' '.join(out.read_text().split())

    outcomes = LabelledBag(bag).outcomes(FusionSettings())
    assert set(outcomes.groups) == {f'from {2 * n} s' for n in range(40)}
    assert len(outcomes.truth) == len(outcomes.probability) >= 70


def test_each_message_of_a_bag_has_the_label_of_its_span(tmp_path):
    evidence = LabelledBag(write_bag(tmp_path / 'bag')).evidence()
    face, text = evidence.scores['face'], evidence.scores['text']
    assert face.present.sum() == text.present.sum() == 80
    assert not (face.present & text.present).any()
    np.testing.assert_array_equal(evidence.truth[face.present], [HAPPY] * 40 + [SAD] * 40)
    assert text.named.tolist() == [True] * 6 + [False]


def test_a_bag_whose_labels_lie_elsewhere_is_refused(tmp_path):
    bag = write_bag(tmp_path / 'bag', 'start,end,label\n500,501,anger\n')
    with pytest.raises(ValueError, match='none of the 160 logits lies in any of the 1 spans'):
        LabelledBag(bag).evidence()


def test_a_bag_without_logits_is_refused(tmp_path):
    with BagWriter(tmp_path / 'bag'):
        pass
    (tmp_path / 'bag' / 'labels.csv').write_text('start,end,label\n0,1,anger\n')
    with pytest.raises(ValueError, match='holds no usable message of type mer_ros'):
        LabelledBag(tmp_path / 'bag')


def test_a_manifest_is_read_as_the_evaluation_reads_it(tmp_path, monkeypatch):
    monkeypatch.setattr(calibrate_data, 'load_model', lambda modality, profile: Echo())
    manifest = tmp_path / 'all.csv'
    manifest.write_text('label,text\nanger,anger!\nfear,sadness\nfear,\n')
    evidence = from_manifest(manifest, 'lite')
    assert evidence.scores['text'].present.tolist() == [True, True, False]
    assert evidence.scores['text'].logits.argmax(axis=1).tolist()[:2] == [0, SAD]
    assert evidence.truth.tolist() == [0, 2, 2]


def test_every_modality_is_calibrated_on_the_dev_splits(shared_data, monkeypatch):
    asked = []

    class Silent(Echo):
        def logits(self, batch):
            return np.zeros((len(batch), len(EMOTIONS)), dtype=np.float32)

    def load_model(modality, profile):
        asked.append((modality, profile))
        return Silent()

    monkeypatch.setattr(calibrate_data, 'load_model', load_model)
    evidence = from_datasets(shared_data, 'lite')
    assert asked == [(modality, 'lite') for modality in DATASETS]
    present = np.array([scores.present for scores in evidence.scores.values()])
    assert (present.sum(axis=0) == 1).all()
    assert (present.sum(axis=1) >= 40).all()


@pytest.mark.parametrize(('options', 'message'), [
    ([], 'give --data FOLDER'), (['--manifest', '{0}', '--bag', '{0}'], 'give either'),
    (['--bag', '{0}', '--risk', '2'], '0<=x<=1')])
def test_what_cannot_be_done_is_refused_in_a_line(tmp_path, options, message, monkeypatch):
    monkeypatch.delenv('MER_ROS_DATA', raising=False)
    done = CliRunner().invoke(main, ['calibrate', *(o.format(tmp_path) for o in options)])
    assert done.exit_code != 0
    assert message in done.output
