"""Training of the text model on tiny generated data."""

import csv
import json

import numpy as np
import pytest

from mer_ros.emotions import EMOTIONS

pytest.importorskip('torch')
pytest.importorskip('lightning')
pytest.importorskip('sklearn')
pytest.importorskip('onnx')
import torch

from mer_ros.evaluation.metrics.classification import macro_f1
from mer_ros.models.text.english_text import EnglishText
from mer_ros.models.text.lite_text import LiteText
from mer_ros.training.text.text_blend import Blend, CALM_MOST, COLUMNS, mix, NEUTRAL, NONE
from mer_ros.training.text.text_blend_fit import CALM_STEPS, fit_blend, Scored, with_calm
from mer_ros.training.text.text_data import fine_labels, read_split, SIX
from mer_ros.training.text.text_linear import Linear
from mer_ros.training.text.text_model import LinearMap, Table
from mer_ros.training.text.text_net import Recipe, WordEncoder
from mer_ros.training.text.train_text import train_text


@pytest.fixture(scope='module')
def trained(text_sets, tmp_path_factory):
    data, out = text_sets(), tmp_path_factory.mktemp('out')
    return train_text(data=data, out=out, smoke=True), data, out


def test_training_writes_a_model_that_has_learned_the_words(trained):
    _, _, out = trained
    logits = EnglishText(path=out / 'lite_text.onnx').logits(
        [f'this is goemotions {emotion}' for emotion in EMOTIONS])
    assert [EMOTIONS[i] for i in logits.argmax(axis=1)] == list(EMOTIONS)


def test_the_description_holds_blend_figures_and_labels(trained):
    report, _, out = trained
    written = json.loads((out / 'lite_text.json').read_text())
    assert written == json.loads(json.dumps(report))
    assert written['labels'] == list(EMOTIONS)
    assert written['blend']['temperature'] > 0
    assert set(written['figures']) == set(written['figures_spoken']) == {'goemotions', 'xed'}
    assert written['figures']['goemotions']['accuracy'] > 0.9


def test_english_alone_makes_a_whole_model_too(trained):
    _, _, out = trained
    model = LiteText(path=out / 'lite_text.onnx', tables=out / 'lite_text_languages.npz')
    assert model.languages == {'en'}
    assert model.judge('this is goemotions fear word1').quality > 0
    assert model.judge('this is goemotions fear word1', 'de').doubts == ('language',)


def test_the_log_holds_a_score_an_epoch(trained):
    (log,) = trained[2].glob('lite_text_0/**/metrics.csv')
    scores = [float(row['dev_score']) for row in csv.DictReader(log.open()) if row['dev_score']]
    assert len(scores) == 2
    assert all(0 <= score <= 1 for score in scores)


def test_the_same_seed_gives_the_same_model(trained, tmp_path):
    report, data, out = trained
    again = train_text(data=data, out=tmp_path, smoke=True)
    assert again == report
    assert (EnglishText(path=tmp_path / 'lite_text.onnx').logits(['fear and joy'])
            == EnglishText(path=out / 'lite_text.onnx').logits(['fear and joy'])).all()


def test_a_run_that_is_complete_is_not_trained_again(trained):
    report, data, out = trained
    (log,) = out.glob('lite_text_0/**/metrics.csv')
    before = log.stat().st_mtime_ns
    assert train_text(data=data, out=out, smoke=True, resume=True) == report
    assert log.stat().st_mtime_ns == before


def test_another_recipe_is_not_resumed(trained):
    with pytest.raises(ValueError, match='another folder'):
        train_text(data=trained[1], out=trained[2], smoke=True, resume=True, seed=5)


def test_several_emotions_share_the_target_without_neutral(trained):
    split = read_split('goemotions', trained[1], 'dev', fine_labels('goemotions', trained[1]))
    assert split.target[-2].tolist() == [0.5, 0, 0.5, 0, 0, 0, 0]
    assert split.target[-1].sum() == 0
    assert split.single.tolist() == [True] * (len(split.single) - 2) + [False] * 2


def test_missing_data_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match='goemotions'):
        train_text(data=tmp_path, out=tmp_path / 'out', smoke=True)


def test_what_stands_behind_a_sentence_does_not_change_its_scores():
    torch.manual_seed(0)
    recipe = Recipe(width=8, channels=6)
    encoder = WordEncoder(recipe, 5).eval()
    words, there = torch.randn(1, 4, 8), torch.ones(1, 4, 1)
    longer = torch.cat([words, torch.zeros(1, 3, 8)], 1)
    behind = torch.cat([there, torch.zeros(1, 3, 1)], 1)
    with torch.no_grad():
        assert encoder(longer, behind).numpy() == pytest.approx(
            encoder(words, there).numpy(), abs=1e-5)


def test_a_sentence_without_words_gets_the_scores_of_the_biases():
    encoder = WordEncoder(Recipe(width=8, channels=6), 5).eval()
    with torch.no_grad():
        scores = encoder(torch.zeros(1, 1, 8), torch.zeros(1, 1, 1))
    assert scores[0].tolist() == pytest.approx(encoder.head.bias.tolist(), abs=1e-6)


def test_quantised_scores_stay_close_to_the_exact_ones():
    rng = np.random.default_rng(0)
    linear = Linear(idf=rng.uniform(1, 8, size=50).astype(np.float32),
                    weights=rng.normal(size=(50, 14)).astype(np.float32),
                    offsets=rng.normal(size=14).astype(np.float32))
    chosen = np.array([1, 7, 30])
    scores = LinearMap(linear)(torch.tensor([[1, 7, 30, 50]]))[0].numpy()
    weighted = linear.idf[chosen, None] * linear.weights[chosen]
    exact = weighted.sum(axis=0) / np.linalg.norm(linear.idf[chosen]) + linear.offsets
    assert scores == pytest.approx(exact, abs=0.06)


def test_the_row_behind_a_table_stands_for_nothing():
    assert Table(np.ones((3, 2), np.float32))(torch.tensor([[3, 3]])).tolist() == [[0.0, 0.0]]


def test_a_mixture_is_a_distribution_that_follows_its_gate():
    parts = torch.zeros(2, COLUMNS, dtype=torch.float64)
    parts[:, 0], parts[:, 8] = 20, 20
    parts[0, 26], parts[1, 26] = -50, 50
    p = mix(parts, Blend(neutral=0.0)).numpy()
    assert p.sum(axis=1) == pytest.approx([1, 1])
    assert p.argmax(axis=1).tolist() == [0, 1]


def test_the_blend_learns_which_part_and_which_classes_to_trust():
    rng = np.random.default_rng(1)

    def split(classes, column, film):
        truth = rng.choice(classes, size=400)
        parts = rng.normal(size=(400, COLUMNS))
        parts[np.arange(400), column + np.searchsorted(classes, truth)] += 4
        parts[:, 26] = 3 if film else -3
        return Scored(torch.from_numpy(parts), truth)

    comments, films = split(np.arange(7), 13, False), split(np.array(SIX), 7, True)
    blend = fit_blend(comments, films)
    assert blend.comment[1] > 2 * abs(blend.comment[0])
    assert blend.film[0] > 2 * abs(blend.film[1])
    for scored in (comments, films):
        fitted = mix(scored.parts, blend).numpy()
        assert macro_f1(scored.truth, fitted) > macro_f1(scored.truth,
                                                         mix(scored.parts, Blend()).numpy())


def test_calm_talk_is_neutral_and_changes_nothing_else():
    rng = np.random.default_rng(2)
    parts = torch.from_numpy(rng.normal(size=(3, COLUMNS)))
    parts[:, 27] = torch.tensor([-20.0, 0.0, 20.0])
    without, p = mix(parts, Blend()).numpy(), mix(parts, Blend(calm=0.0)).numpy()
    assert p[0] == pytest.approx(without[0])
    assert p[2, NEUTRAL] == pytest.approx(
        CALM_MOST + (1 - CALM_MOST) * without[2, NEUTRAL], abs=1e-3)
    others = np.arange(7) != NEUTRAL
    assert p[:, others] / p[:, others].sum(axis=1, keepdims=True) == pytest.approx(
        without[:, others] / without[:, others].sum(axis=1, keepdims=True))


def test_the_gate_for_calm_talk_opens_as_far_as_comments_can_bear():
    truth = np.arange(280) % 7
    parts = np.zeros((280, COLUMNS))
    parts[np.arange(280), 13 + truth] = 6
    parts[:, 26] = -20
    emotional = truth != NEUTRAL
    blend = Blend(film_bias=(0.0,) * 6)
    parts[:, 27] = np.where(emotional, -20, 5)
    told = Scored(torch.from_numpy(parts.copy()), truth)
    assert with_calm(blend, told).calm == CALM_STEPS[-1]
    parts[:, 27] = np.where(emotional, 1, 5)
    alike = Scored(torch.from_numpy(parts.copy()), truth)
    chosen = with_calm(blend, told, alike).calm
    assert chosen < 1
    assert macro_f1(truth, mix(alike.parts, Blend(calm=chosen)).numpy()) == 1
    parts[:, 27] = np.where(emotional, 20, 5)
    assert with_calm(blend, Scored(torch.from_numpy(parts), truth)).calm == NONE
