"""Fusion of raters who heard with raters who saw (CREMA-D)."""

import numpy as np
import pytest
from rich.console import Console

from mer_ros.research.votes.votes import CLASSES, read_votes
from mer_ros.research.votes.votes_fit import cross_validate, VotesModel
from mer_ros.research.votes.votes_report import evaluate_votes
from mer_ros.research.votes.votes_table import plot_votes, votes_table

HEADER = 'clip,actor,sentence,level,intended,modality,A,D,F,H,N,S,n,split\n'


@pytest.fixture(scope='module')
def votes(shared_data):
    return read_votes(shared_data)


@pytest.fixture(scope='module')
def report(shared_data):
    return evaluate_votes(shared_data, resamples=20)


def test_the_votes_are_those_of_the_known_table(votes):
    test = votes.of('test')
    assert len(votes.truth) == 6702
    right = {name: np.mean(counts.argmax(axis=1) == test.truth)
             for name, counts in test.counts.items()}
    assert right == pytest.approx(
        {'voice': 0.505, 'face': 0.765, 'multimodal': 0.797}, abs=0.0005)


def test_no_actor_is_in_two_splits(votes):
    actors = [set(votes.of(split).actors) for split in ('train', 'dev', 'test')]
    assert sum(map(len, actors)) == len(set.union(*actors)) == 82


def test_agreement_and_number_of_raters_make_logits_stronger(votes):
    rows = votes.logits(3.0)['face']
    np.testing.assert_allclose(rows.sum(axis=1), 0.0, atol=1e-12)
    spread = np.ptp(rows, axis=1)
    counts = votes.counts['face']
    unanimous = counts.max(axis=1) == counts.sum(axis=1)
    assert np.corrcoef(spread[unanimous], counts.sum(axis=1)[unanimous])[0, 1] > 0.99
    assert spread[unanimous].mean() > spread[~unanimous].mean()


def test_clips_without_all_three_votes_are_refused(tmp_path):
    folder = tmp_path / 'crema_d'
    folder.mkdir()
    (folder / 'votes.csv').write_text(
        f'{HEADER}a,1,X,HI,anger,voice,9,0,0,0,0,0,9,train\n')
    with pytest.raises(ValueError, match=r"every clip needs one row for each of .*'multimodal'"):
        read_votes(tmp_path)


def test_absent_votes_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'votes\.csv is missing'):
        read_votes(tmp_path)


def test_calibrated_fusion_of_people_reaches_what_people_do_with_both(report):
    fitted = report['methods']['fitted']
    both, best = fitted['voice+face'], fitted['voice+face+words']
    assert both['accuracy'] > report['methods']['people']['voice+face']['accuracy']
    assert both['accuracy'] > max(fitted['voice']['accuracy'], fitted['face']['accuracy'])
    assert best['accuracy'] >= 0.815
    assert best['nll'] <= 0.48
    assert best['ece'] <= best['ece_if_perfect'] + 0.01


def test_every_preset_and_rule_is_measured_on_the_same_clips(report):
    for method in ('basic', 'paper', 'calibrated', 'fitted', 'fitted once'):
        for figures in report['methods'][method].values():
            assert figures['n'] == 1133
            assert figures['neutral_tolerant_accuracy'] >= figures['accuracy']
    assert report['rules']['dempster']['fitted'] == report['methods']['fitted']['voice+face']
    assert {'yager', 'murphy', 'cumulative', 'mean', 'sum'} <= set(report['rules'])


def test_one_calibration_holds_with_any_modality_missing(report):
    for names, figures in report['methods']['fitted once'].items():
        assert figures['accuracy'] > report['methods']['fitted'][names]['accuracy'] - 0.01
        assert figures['ece'] < 0.06


def test_the_report_is_shown_as_tables_and_drawn(report, tmp_path):
    console = Console(width=160, record=True, file=(tmp_path / 'out.txt').open('w'))
    console.print(votes_table(report))
    text = console.export_text()
    assert '1133 clips, 14 actors' in text
    assert 'fitted once' in text
    plot_votes(report, tmp_path / 'votes.png')
    assert (tmp_path / 'votes.png').stat().st_size > 10_000


def test_cross_validation_prefers_a_fit_to_one_that_is_held_to_the_identity(votes):
    some = votes.rows(np.isin(votes.actors, np.unique(votes.of('train').actors)[:16]))
    held, free = (cross_validate(some, ('voice', 'face'), smoothing=3.0, penalty=penalty)
                  for penalty in (1e5, 3.0))
    assert free < held


def test_a_judgement_does_not_depend_on_the_truth(votes):
    train, dev = votes.of('train'), votes.of('dev')
    model = VotesModel(train, ('face',), smoothing=3.0, penalty=3.0)
    shuffled = dev.rows(np.ones(len(dev.truth), dtype=np.bool_))
    shuffled.truth[:] = np.random.default_rng(0).permutation(shuffled.truth)
    np.testing.assert_array_equal(model.fuse(dev, ('face',)).probability,
                                  model.fuse(shuffled, ('face',)).probability)
    assert model.fuse(dev, ('face',)).probability.shape == (len(dev.truth), len(CLASSES))


def test_a_split_that_would_be_fitted_on_is_refused(shared_data):
    with pytest.raises(ValueError, match='allowed: dev, test'):
        evaluate_votes(shared_data, 'train')
