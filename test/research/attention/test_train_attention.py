"""Training of the attention fusion, on rows whose truth one modality at a time knows."""

import csv
import json

import numpy as np
import pytest

pytest.importorskip('lightning')
pytest.importorskip('sklearn')
from click.testing import CliRunner
import torch
from torch.nn import functional

from mer_ros.cli import main
from mer_ros.emotions import EMOTIONS
from mer_ros.fusion import fuse
from mer_ros.research.attention.attention_data import (
    learned_rows,
    Rows,
    split_groups,
)
from mer_ros.research.attention.attention_features import mean_features, Recordings
from mer_ros.research.attention.attention_fit import (
    fit_attention,
    tensors_of,
    untouched,
    whole,
)
from mer_ros.research.attention.attention_graph import graph_figures_beside, Said
from mer_ros.research.attention.attention_model import COMBINATIONS, read_network
from mer_ros.research.attention.attention_module import Recipe
from mer_ros.research.attention.attention_net import (
    AttentionNet,
    begin_with_sum,
    write_network,
)
from mer_ros.research.attention.attention_rule import load_attention, SHIPPED
from mer_ros.research.attention.attention_select import select
from mer_ros.research.attention.attention_speech import CEPSTRA, mfcc, train_mfcc_cnn, WIDTH
from mer_ros.research.attention.train_attention import measured, train_attention
from mer_ros.research.votes.votes_graph import graph_evidence

LABELS = ('anger', 'happiness', 'sadness')
QUICK = Recipe(epochs=15, patience=15, rate=1e-2, batch=64)


def two_voices(count, seed):
    """Return rows of which half have a clear speech and a lying face, and half the opposite.

    A modality that lies is weak, so that its strength tells whom to believe.
    """
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, 3, count)
    clear = 4.0 * np.eye(3)[truth] + draw.normal(scale=0.5, size=(count, 3))
    lying = 1.0 * np.eye(3)[(truth + 1) % 3] + draw.normal(scale=0.2, size=(count, 3))
    speech_knows = draw.random((count, 1)) < 0.5
    inputs = {'speech': np.where(speech_knows, clear, lying),
              'face': np.where(speech_knows, lying, clear)}
    there = np.ones(count, dtype=np.bool_)
    return Rows({name: values - values.mean(axis=1, keepdims=True)
                 for name, values in inputs.items()},
                {'speech': there, 'face': there}, truth,
                np.array([f'p{row % 12}' for row in range(count)]), LABELS), speech_knows[:, 0]


@pytest.fixture(scope='module')
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp('trained')
    return fit_attention(two_voices(600, 0)[0], two_voices(200, 1)[0], folder=folder, recipe=QUICK)


def net(combination, latent=0):
    torch.manual_seed(3)
    return AttentionNet({'text': 4, 'face': 5}, 3, latent=latent, scorer=4, hidden=6,
                        combination=combination)


@pytest.mark.parametrize('combination', COMBINATIONS)
def test_attention_learns_unless_the_printed_equation_is_followed(combination):
    network = net(combination)
    logits, attention = network([torch.randn(8, 4), torch.randn(8, 5)],
                                torch.ones(8, 2, dtype=torch.bool))
    parameters = [network.vector, *network.scorers.parameters()]
    functional.cross_entropy(logits, torch.randint(0, 3, (8,))).backward()
    learns = any(part.grad is not None and bool(part.grad.abs().sum() > 1e-8)
                 for part in parameters)
    assert learns == (combination != 'concat')
    torch.testing.assert_close(attention.sum(dim=1), torch.ones(8))


@pytest.mark.parametrize('combination', COMBINATIONS)
@pytest.mark.parametrize('latent', [0, 7])
def test_the_file_says_in_numpy_what_the_network_says_in_torch(tmp_path, combination, latent):
    network = net(combination, latent)
    draw = np.random.default_rng(0)
    inputs = {'text': draw.normal(size=(20, 6)), 'face': draw.normal(size=(20, 5))}
    selections = {'text': whole(inputs['text'][:, :4]), 'face': whole(inputs['face'])}
    path = tmp_path / 'net.json'
    write_network(network, path, labels=LABELS, inputs='features', selections=selections, about={})
    there = {'text': draw.random(20) < 0.7, 'face': np.ones(20, dtype=np.bool_)}
    *tensors, present, _ = tensors_of(
        Rows(inputs, there, np.zeros(20, dtype=np.intp), np.zeros(20, dtype=np.str_), LABELS),
        selections)
    expected, shares = network(tensors, present)
    logits, attention = read_network(path).judge(inputs, np.array(list(there.values())) * 1.0)
    np.testing.assert_allclose(logits, expected.detach().numpy(), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(attention.T, shares.detach().numpy(), rtol=1e-3, atol=1e-5)
    assert (attention[0][~there['text']] == 0.0).all()


def test_it_attends_to_the_modality_that_knows_and_beats_the_sum(trained):
    rows, speech_knows = two_voices(400, 2)
    opinion = fuse(rows.inputs, rule=load_attention(trained, labels=LABELS))
    assert np.mean(opinion.probability.argmax(axis=1) == rows.truth) > 0.97
    attention = opinion.weights['speech']
    assert attention[speech_knows].mean() > attention[~speech_knows].mean() + 0.1


def test_it_works_with_either_modality_missing(trained):
    rows, speech_knows = two_voices(400, 2)
    rule = load_attention(trained, labels=LABELS)
    heard = fuse({'speech': rows.inputs['speech'], 'face': None}, rule=rule)
    right = heard.probability.argmax(axis=1) == rows.truth
    assert right[speech_knows].mean() > 0.97


def test_of_calibrated_logits_the_training_begins_with_their_sum():
    network = AttentionNet({'speech': 3, 'face': 3}, 3, latent=0, scorer=4, hidden=6,
                           combination='weighted')
    with torch.no_grad():
        network.vector.zero_()
    begin_with_sum(network)
    rows, _ = two_voices(30, 0)
    *tensors, present, _ = tensors_of(rows, dict.fromkeys(rows.inputs, untouched(3)))
    logits, _ = network(tensors, present)
    np.testing.assert_allclose(
        logits.detach(), rows.inputs['speech'] + rows.inputs['face'], rtol=1e-4, atol=1e-5)
    small = AttentionNet({'speech': 3}, 3, latent=0, scorer=4, hidden=5, combination='sum')
    with pytest.raises(ValueError, match='5 units cannot pass 3 classes'):
        begin_with_sum(small)


def test_calibrated_logits_have_no_classifier_in_the_file(tmp_path):
    rows = two_voices(80, 0)[0]
    path = fit_attention(rows, two_voices(40, 1)[0], folder=tmp_path, recipe=Recipe(epochs=2),
                         calibrated=True)
    for name, branch in read_network(path).branches.items():
        np.testing.assert_allclose(branch.embed(rows.inputs[name]), rows.inputs[name], atol=1e-12)


def test_a_modality_that_is_half_trusted_counts_as_in_the_node(tmp_path):
    rows, _ = two_voices(20, 3)
    doubted = Rows(rows.inputs, {'speech': np.full(20, 0.3), 'face': np.ones(20)}, rows.truth,
                   rows.groups, LABELS)
    network = AttentionNet({'speech': 3, 'face': 3}, 3, latent=0, scorer=4, hidden=6,
                           combination='weighted')
    selections = dict.fromkeys(rows.inputs, untouched(3))
    path = tmp_path / 'net.json'
    write_network(network, path, labels=LABELS, inputs='logits', selections=selections, about={})
    *tensors, trust, _ = tensors_of(doubted, selections)
    logits, attention = read_network(path).judge(
        rows.inputs, np.array([np.full(20, 0.3), np.ones(20)]))
    expected, shares = network(tensors, trust)
    np.testing.assert_allclose(logits, expected.detach(), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(attention.T, shares.detach(), rtol=1e-3, atol=1e-4)


def test_training_again_gives_the_same_file(trained, tmp_path):
    again = fit_attention(two_voices(600, 0)[0], two_voices(200, 1)[0], folder=tmp_path,
                          recipe=QUICK)
    assert again.read_text() == trained.read_text()


def test_a_run_that_is_complete_is_only_read_and_another_recipe_refused(tmp_path):
    train, dev = two_voices(80, 0)[0], two_voices(40, 1)[0]
    short = Recipe(epochs=2)
    path = fit_attention(train, dev, folder=tmp_path, recipe=short)
    before = path.read_text()
    fit_attention(train, dev, folder=tmp_path, recipe=short, resume=True)
    assert path.read_text() == before
    with pytest.raises(ValueError, match='the checkpoint was made with'):
        fit_attention(train, dev, folder=tmp_path, recipe=Recipe(epochs=2, hidden=8), resume=True)


def test_a_modality_that_no_dev_row_has_is_named(tmp_path):
    rows, _ = two_voices(40, 0)
    dev = Rows(rows.inputs, {**rows.present, 'face': np.zeros(40, dtype=np.bool_)}, rows.truth,
               rows.groups, LABELS)
    with pytest.raises(ValueError, match=r"none of the 40 dev rows has \['face'\]"):
        fit_attention(rows, dev, folder=tmp_path, recipe=QUICK)


def test_the_methods_are_measured_on_the_same_rows(trained):
    methods, attention = measured(read_network(trained), two_voices(300, 4)[0],
                                  two_voices(50, 5)[0])
    assert set(methods) == {'attention', 'paper', 'basic', 'calibrated', 'fitted'}
    for parts in methods.values():
        assert list(parts) == ['speech', 'face', 'speech+face']
        for probability in parts.values():
            assert probability.shape == (50, 3)
    np.testing.assert_allclose(sum(attention.values()), 1.0)
    rows = two_voices(50, 5)[0]
    opinion = fuse(rows.inputs, rule=load_attention(trained, labels=LABELS))
    np.testing.assert_allclose(methods['attention']['speech+face'], opinion.probability, rtol=1e-9)


def test_no_group_is_in_two_splits():
    groups = np.array([f'p{row % 9}' for row in range(90)])
    parts = split_groups(groups, seed=0)
    assert (sum(part.astype(int) for part in parts) == 1).all()
    names = [set(groups[part]) for part in parts]
    assert not names[0] & names[1] | names[0] & names[2] | names[1] & names[2]
    assert all(names)
    with pytest.raises(ValueError, match='at least 3'):
        split_groups(groups[:2], seed=0)


def test_classes_that_never_occur_are_left_to_the_evidence():
    there = np.ones(2, dtype=np.bool_)
    rows = learned_rows(Rows({'face': np.arange(14.0).reshape(2, 7)}, {'face': there},
                             np.array([2, 5]), np.array(['a', 'b']), EMOTIONS))
    assert rows.labels == ('fear', 'sadness')
    assert rows.truth.tolist() == [0, 1]
    np.testing.assert_allclose(rows.inputs['face'], [[-1.5, 1.5], [-1.5, 1.5]])


def test_selection_finds_the_columns_that_tell_and_sees_the_training_fold_alone():
    draw = np.random.default_rng(0)
    truth = draw.integers(0, 3, 300)
    inputs = {}
    for name in ('text', 'face'):
        inputs[name] = draw.normal(size=(300, 30))
        inputs[name][:, [4, 17]] += 3.0 * np.stack([truth == 1, truth == 2], axis=1)
    there = dict.fromkeys(inputs, np.arange(300) < 200)
    rows = Rows(inputs, there, truth, np.zeros(300, dtype=np.str_), LABELS)
    found = select(rows)
    for one in found.values():
        assert {4, 17} <= set(one.columns.tolist())
        assert len(one.columns) < 15
    inputs['face'][200:] = 1e6
    again = select(rows)['face']
    np.testing.assert_array_equal(again.mean, found['face'].mean)


def test_features_that_say_nothing_are_refused():
    rows = Rows({'text': np.zeros((30, 4))}, {'text': np.ones(30, dtype=np.bool_)},
                np.arange(30) % 3, np.zeros(30, dtype=np.str_), LABELS)
    with pytest.raises(ValueError, match='none of the 4 features of text'):
        select(rows)


class Counter:
    """A model whose features are the length of a text, once a letter."""

    def features(self, text):
        return np.full((len(text), 2), float(len(text)), dtype=np.float32)


def test_features_are_means_over_time_and_what_has_none_is_missing():
    means, present = mean_features(Counter(), ['ab', None, '', 'abcd'])
    assert present.tolist() == [True, False, False, True]
    np.testing.assert_array_equal(means[present], [[2, 2], [4, 4]])
    with pytest.raises(ValueError, match='none of the 1 items'):
        mean_features(Counter(), [''])
    rows = Recordings({'text': ['a', '', 'abc']}, ['anger', 'anger', 'fear'], ['x', 'y', 'z']).rows(
        {'text': Counter()}, ('anger', 'fear'))
    assert rows.truth.tolist() == [0, 1]


def sounds(count, seed):
    """Return noises of two colours, which are two classes."""
    draw = np.random.default_rng(seed)
    found = []
    for row in range(count):
        noise = draw.normal(size=8000 + 400 * (row % 5)).astype(np.float32)
        found.append(0.1 * (np.convolve(noise, np.ones(8) / 8, 'same') if row % 2 else noise)
                     * (1 + np.sin(np.arange(len(noise)) / 800)))
    return [np.asarray(one, dtype=np.float32) for one in found], [row % 2 for row in range(count)]


def test_cepstra_have_mean_zero_and_silence_none():
    (sound, *_), _ = sounds(1, 0)
    cepstra = mfcc(sound)
    assert cepstra.shape[1] == CEPSTRA
    np.testing.assert_allclose(cepstra.mean(axis=0), 0.0, atol=1e-3)
    assert len(mfcc(np.zeros(8000, dtype=np.float32))) == 0


def test_the_cnn_gives_features_whatever_the_length(tmp_path):
    network = train_mfcc_cnn(sounds(12, 0), sounds(6, 1), folder=tmp_path, classes=2, epochs=2)
    silent = np.zeros(8000, dtype=np.float32)
    assert network.features(silent).shape == (0, WIDTH)
    (short, long), _ = sounds(2, 3)
    cepstra = [torch.from_numpy(mfcc(one).T.copy()) for one in (short, long)]
    longest = max(one.shape[1] for one in cepstra)
    batch = torch.stack([functional.pad(one, (0, longest - one.shape[1])) for one in cepstra])
    there = torch.tensor([[place < one.shape[1] for place in range(longest)] for one in cepstra])
    with torch.inference_mode():
        together = network.embed(batch, there).numpy()
    for one, row in zip((short, long), together, strict=True):
        np.testing.assert_allclose(network.features(one)[0], row, rtol=1e-4, atol=1e-5)


def test_a_manifest_of_words_is_fused_by_its_features(tmp_path):
    words = {'happiness': 'what a wonderful lovely day', 'anger': 'this makes me furious and mad',
             'sadness': 'i miss her and cry all night'}
    path = tmp_path / 'words.csv'
    with path.open('w', newline='') as stream:
        table = csv.writer(stream)
        table.writerow(['label', 'text', 'person'])
        table.writerows((label, f'{text} {row}', f'p{row}')
                        for row in range(20) for label, text in words.items())
    for inputs in ('features', 'logits'):
        report = train_attention(manifest=path, inputs=inputs, out=tmp_path / inputs, resamples=0,
                                 recipe=Recipe(epochs=20, rate=1e-2))
        assert report['rows'] == {'train': 42, 'dev': 9, 'test': 9}
        assert report['methods']['attention']['text']['accuracy'] == 1.0
        folder = tmp_path / inputs / 'attention'
        assert json.loads((folder / 'figures.json').read_text())['n'] == 9
        assert (folder / 'attention.png').stat().st_size > 10_000
    assert 0 < report.get('selected', {'text': 1})['text'] <= 288
    rule = load_attention(tmp_path / 'logits' / 'attention' / 'attention.json')
    assert rule.labels == EMOTIONS


def test_one_source_is_needed(tmp_path, monkeypatch):
    monkeypatch.delenv('MER_ROS_DATA', raising=False)
    done = CliRunner().invoke(main, ['train', 'attention', '--out', str(tmp_path)])
    assert done.exit_code == 1
    assert 'give --data FOLDER' in done.output
    with pytest.raises(ValueError, match='--manifest FILE or --bag BAG'):
        train_attention(out=tmp_path)
    with pytest.raises(ValueError, match=r"allowed are \['logits', 'votes', 'features', 'paper'\]"):
        train_attention(out=tmp_path, data=tmp_path, inputs='smells')
    with pytest.raises(ValueError, match='bags hold logits'):
        train_attention(out=tmp_path, bags=[tmp_path], inputs='features')
    with pytest.raises(ValueError, match='votes are in the data sets'):
        train_attention(out=tmp_path, bags=[tmp_path], inputs='votes')


def test_the_votes_of_crema_d_are_learned(shared_data, tmp_path):
    report = train_attention(data=shared_data, out=tmp_path, inputs='votes', resamples=0,
                             recipe=Recipe(epochs=4))
    assert report['rows'] == {'train': 4750, 'dev': 819, 'test': 1133}
    both = {method: parts['speech+face'] for method, parts in report['methods'].items()}
    assert both['attention']['accuracy'] > 0.75
    assert both['attention']['accuracy'] > both['calibrated']['accuracy']
    assert both['attention']['averages']['weighted']['recall'] == pytest.approx(
        both['attention']['accuracy'])


def test_the_rows_of_the_graph_have_words_that_say_nothing_and_words_that_agree(shared_data):
    clips = graph_evidence(shared_data, 'dev').rows(np.arange(819) < 60)
    paired = Said(shared_data, 'dev', 'lite').paired(clips, np.random.default_rng(0))
    spoken, said = (evidence.scores['text'].logits.argmax(axis=1) == clips.truth
                    for evidence in (clips, paired))
    assert spoken.mean() < 0.3 < 0.45 < said.mean()


def test_the_shipped_file_is_as_good_as_the_default_on_what_people_saw_and_heard(shared_data):
    votes = graph_evidence(shared_data, 'test')
    test = votes.replacing('speech', votes.scores['voice'])
    assert read_network(SHIPPED).about['source'] == 'face, speech and text on CREMA-D'
    figures = graph_figures_beside({'spoken': test}, load_attention())['spoken']
    for names, default in figures['default'].items():
        if names != 'text':
            assert figures['attention'][names]['accuracy'] > default['accuracy'] - 0.05, names
