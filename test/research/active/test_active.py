import csv
import json

import cv2
import numpy as np
import pytest

pytest.importorskip('sklearn')
torch = pytest.importorskip('torch')

from sklearn.linear_model import SGDClassifier  # noqa: E402

from mer_ros.emotions import EMOTIONS  # noqa: E402
from mer_ros.evaluation.metrics.classification import balanced_accuracy  # noqa: E402
from mer_ros.fusion.logspace import softmax  # noqa: E402
from mer_ros.research.active.active_learning import (  # noqa: E402
    chosen,
    learn_actively,
    learn_fully,
    Plan,
    Round,
    split_start,
)
from mer_ros.research.active.active_net import NetLearner, Part, Rates  # noqa: E402
from mer_ros.research.active.train_active import STRATEGIES, summarise, train_active  # noqa: E402

GROUPS = [f'person {index // 10}' for index in range(60)]
PLAN = Plan(rounds=3, moved=4, warm_up=2)


class Linear:
    """Any classifier of scikit-learn that can learn a little more; remembers what it was shown."""

    def __init__(self, seed=0):
        random = np.random.default_rng(7)
        self.truth = np.arange(60) % 3
        self.rows = random.normal(size=(60, 5)) + 2 * np.eye(5)[self.truth]
        self.model = SGDClassifier(loss='log_loss', random_state=seed)
        self.shown, self.seeds, self.asked = [], [], []

    def fit_epoch(self, indices, *, seed):
        self.shown.append(indices.tolist())
        self.seeds.append(seed)
        self.model.partial_fit(self.rows[indices], self.truth[indices], classes=[0, 1, 2])

    def logits(self, indices):
        self.asked.append(indices.tolist())
        return self.model.decision_function(self.rows[indices])

    def evaluate(self, split):
        part = slice(0, 30) if split == 'dev' else slice(30, 60)
        return {'uar': balanced_accuracy(
            self.truth[part], softmax(self.model.decision_function(self.rows[part])))}


def start(seed=0):
    return split_start(GROUPS, seed=seed)


def test_the_start_is_a_third_of_the_people_and_all_that_they_said():
    known, unknown = start()
    people = {GROUPS[index] for index in known}
    assert len(people) == 2
    assert len(known) == 20
    assert people.isdisjoint(GROUPS[index] for index in unknown)
    assert sorted([*known, *unknown]) == list(range(60))
    assert start(0)[0].tolist() != start(1)[0].tolist()


@pytest.mark.parametrize(('groups', 'known'), [('ab', 1), ('abc', 1), ('abcde', 2)])
def test_either_side_of_the_start_has_somebody(groups, known):
    assert len(split_start(list(groups), seed=0)[0]) == known


def test_one_person_cannot_be_split():
    with pytest.raises(ValueError, match='two people'):
        split_start(['anna', 'anna'], seed=0)


def test_each_round_moves_the_most_uncertain_and_learns_from_all_that_have_labels():
    learner = Linear()
    known, unknown = start()
    scored = []
    plain = learner.logits

    def logits(indices):
        scored.append((indices, plain(indices)))
        return scored[-1][1]

    learner.logits = logits
    curve = learn_actively(learner, known, unknown, plan=PLAN, acquisition='margin', seed=0)
    assert learner.shown[:2] == [known.tolist()] * 2
    for before, after, (waiting, scores) in zip(
            learner.shown[1:], learner.shown[2:], scored, strict=False):
        best = np.sort(softmax(scores), axis=1)
        wanted = waiting[np.argsort(best[:, -1] - best[:, -2])[:4]]
        assert after == before + wanted.tolist()
        assert set(before).isdisjoint(waiting)
    assert len(scored) == 3
    assert [point.labelled for point in curve] == [20, 24, 28, 32]
    assert [point.seen for point in curve] == [40, 64, 92, 124]
    assert len(set(learner.seeds)) == 5


def test_having_all_labels_costs_the_same_gradient_steps():
    active, full = Linear(), Linear()
    known, unknown = start()
    asked = learn_actively(active, known, unknown, plan=PLAN, acquisition='entropy', seed=0)
    everything = learn_fully(full, known, unknown, plan=PLAN, seed=0)
    assert [len(epoch) for epoch in full.shown] == [len(epoch) for epoch in active.shown]
    assert [point.seen for point in everything] == [point.seen for point in asked]
    assert {point.labelled for point in everything} == {60}
    shown = np.concatenate(full.shown)
    # Nothing comes a third time before everything came twice.
    assert set(np.bincount(shown[:120], minlength=60)) == {2}
    assert not full.asked


@pytest.mark.parametrize('acquisition', ['entropy', 'random'])
def test_equal_seeds_give_equal_curves(acquisition):
    def curve(seed):
        learner = Linear(seed)
        learn_actively(learner, *start(), plan=PLAN, acquisition=acquisition, seed=seed)
        return learner.shown, learner.seeds

    assert curve(3) == curve(3)
    assert curve(3) != curve(4)


@pytest.mark.parametrize('plan', [Plan(rounds=11, moved=4), Plan(rounds=0, moved=4)])
def test_a_plan_that_cannot_be_followed_is_refused_before_anything_is_learned(plan):
    learner = Linear()
    with pytest.raises(ValueError, match='rounds'):
        learn_actively(learner, *start(), plan=plan, acquisition='entropy', seed=0)
    assert not learner.shown


def test_the_round_is_chosen_on_dev_whatever_the_test_says():
    curve = [Round(20, 20, {'uar': dev}, {'uar': test})
             for dev, test in ((0.5, 0.9), (0.7, 0.2), (0.7, 0.8))]
    assert chosen(curve) is curve[1]


def test_a_summary_pairs_the_seeds():
    def curve(*values):
        return [Round(20, 20, {'uar': -value}, {'uar': value, 'accuracy': 0.0})
                for value in values]

    summary = summarise({'entropy': [curve(0.2, 0.6), curve(0.4, 0.4)],
                         'random': [curve(0.2, 0.4), curve(0.4, 0.6)]})
    last = summary['entropy']['uar']['last']
    assert (last['mean'], last['low'], last['high']) == (0.5, 0.4, 0.6)
    assert last['above_random'] == {'mean': 0.0, 'low': -0.2, 'high': 0.2, 'seeds': 1}
    assert summary['entropy']['uar']['chosen']['mean'] == 0.3
    assert summary['entropy']['uar']['mean']['mean'] == 0.4


def test_a_network_learns_and_never_looks_at_labels_that_it_was_not_given():
    random = np.random.default_rng(0)
    truth = np.arange(90) % 3
    rows = torch.from_numpy(random.normal(size=(90, 4)) + 3 * np.eye(4)[truth]).float()

    def judged(labels):
        torch.manual_seed(0)
        part = Part(rows, torch.from_numpy(labels))
        learner = NetLearner(torch.nn.Linear(4, 3), {'train': part, 'dev': part, 'test': part},
                             Rates(rate=0.05, batch=10, weight_decay=0.0, averaging=0.5))
        before = learner.evaluate('test')['uar']
        for epoch in range(5):
            learner.fit_epoch(np.arange(60), seed=epoch)
        return learner.logits(np.arange(60, 90)), before, learner.evaluate('test')['uar']

    other = truth.copy()
    other[60:] = 0
    scores, before, after = judged(truth)
    assert after > max(before, 0.9)
    np.testing.assert_array_equal(scores, judged(other)[0])


@pytest.fixture
def faces(tmp_path):
    """Make a data folder with a tiny FER-2013: one sheet of 14 grey tiles, for each split."""
    folder = tmp_path / 'data' / 'fer2013'
    (folder / 'sheets').mkdir(parents=True)
    pixels = np.random.default_rng(0).integers(0, 256, (48, 14 * 48, 3), dtype=np.uint8)
    cv2.imwrite(str(folder / 'sheets' / 'a.png'), pixels)
    for split in ('train', 'dev', 'test'):
        with (folder / f'{split}.csv').open('w', newline='') as file:
            writer = csv.writer(file)
            writer.writerow(['sheet', 'row', 'col', 'label', 'source_id'])
            for column, label in enumerate(2 * EMOTIONS):
                writer.writerow(['a.png', 0, column, label, f'{split} {column}'])
    return tmp_path / 'data'


def test_a_smoke_run_leaves_curves_and_a_picture(faces, tmp_path):
    out = tmp_path / 'out'
    description = train_active('face', data=faces, out=out, seeds=2, smoke=True)
    assert description == json.loads((out / 'active_face.json').read_text())
    assert set(description['curves']) == set(STRATEGIES)
    assert [len(curves) for curves in description['curves'].values()] == [2] * len(STRATEGIES)
    starts = {curves[0][0]['test']['uar'] for name, curves in description['curves'].items()
              if name != 'full'}
    assert len(starts) == 1
    longer = train_active('face', data=faces, out=out, seeds=1, warm_up=3, smoke=True)
    assert longer['plan']['warm_up'] == 3
    first = longer['curves']['random'][0][0]
    assert first['seen'] == 3 * first['labelled']
    assert cv2.imread(str(out / 'active_face.png')) is not None


def test_a_finished_curve_is_not_learned_again_and_must_be_of_the_same_recipe(
        faces, tmp_path, monkeypatch):
    whole = train_active('face', data=faces, out=tmp_path, seeds=1, smoke=True)
    with monkeypatch.context() as patch:
        patch.setattr(NetLearner, 'fit_epoch', lambda *_, **__: pytest.fail('learned again'))
        assert train_active(
            'face', data=faces, out=tmp_path, seeds=1, smoke=True, resume=True) == whole
    monkeypatch.setattr('mer_ros.research.active.active_face.WIDTHS', (8, 16, 32))
    with pytest.raises(ValueError, match='another folder'):
        train_active('face', data=faces, out=tmp_path, seeds=1, smoke=True, resume=True)


def test_an_unknown_task_is_refused(faces, tmp_path):
    with pytest.raises(ValueError, match='known are'):
        train_active('smell', data=faces, out=tmp_path)


def test_real_voices_are_learned_from(shared_data, tmp_path):
    description = train_active('speech', data=shared_data, out=tmp_path, seeds=1)
    for curves in description['curves'].values():
        assert curves[0][-1]['test']['uar'] > 0.5
