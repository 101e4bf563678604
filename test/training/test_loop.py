"""The training loop that the networks share."""

import pytest

pytest.importorskip('lightning')
import csv

from lightning import LightningModule
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from mer_ros.training.loop import fit, SCORE


class Line(LightningModule):
    """Learns y = 3 x; counts its epochs, and may be stopped in one of them."""

    def __init__(self, stop_in=None):
        super().__init__()
        self.layer = nn.Linear(1, 1)
        nn.init.zeros_(self.layer.weight)
        nn.init.zeros_(self.layer.bias)
        self.stop_in = stop_in
        self.seen = []

    def training_step(self, batch, index):
        x, y = batch
        return ((self.layer(x) - y) ** 2).mean()

    def on_train_epoch_start(self):
        self.seen.append(self.current_epoch)
        if self.current_epoch == self.stop_in:
            raise RuntimeError('the power failed')

    def validation_step(self, batch, index):
        x, y = batch
        self.log(SCORE, -((self.layer(x) - y) ** 2).mean())

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.1)


@pytest.fixture
def batches():
    x = torch.linspace(-1, 1, 32)[:, None]
    data = TensorDataset(x, 3 * x)
    return DataLoader(data, batch_size=8, shuffle=True), DataLoader(data, batch_size=32)


def run(module, batches, folder, **options):
    return fit(module, *batches, folder=folder, epochs=6, seed=1,
               **{'recipe': {'width': 1}, **options})


def logged_epochs(folder):
    rows = []
    for log in folder.glob('log/*/metrics.csv'):
        with log.open() as file:
            rows += [row for row in csv.DictReader(file) if row[SCORE]]
    return len(rows)


def test_learns_and_logs_every_epoch(batches, tmp_path):
    module = run(Line(), batches, tmp_path)
    assert module.layer.weight.item() > 1
    assert not module.training
    assert logged_epochs(tmp_path) == 6


def test_a_run_that_was_stopped_ends_like_one_that_was_not(batches, tmp_path):
    whole = run(Line(), batches, tmp_path / 'whole')
    with pytest.raises(RuntimeError, match='power'):
        run(Line(stop_in=3), batches, tmp_path / 'parts')
    rest = Line()
    resumed = run(rest, batches, tmp_path / 'parts', resume=True)
    assert rest.seen == [3, 4, 5]
    assert logged_epochs(tmp_path / 'parts') == 6
    assert resumed.layer.weight.item() == pytest.approx(whole.layer.weight.item(), rel=0.05)


def test_a_run_goes_on_where_it_was_stopped_and_not_at_its_best_epoch(batches, tmp_path):
    class Falls(Line):
        def validation_step(self, batch, index):
            self.log(SCORE, -float(self.current_epoch))

    with pytest.raises(RuntimeError, match='power'):
        run(Falls(stop_in=3), batches, tmp_path)
    rest = Falls()
    first = run(Falls(), batches, tmp_path / 'whole').layer.weight.item()
    assert run(rest, batches, tmp_path, resume=True).layer.weight.item() == first
    assert rest.seen == [3, 4, 5]


def test_a_complete_run_is_only_loaded(batches, tmp_path):
    whole = run(Line(), batches, tmp_path)
    again = Line()
    loaded = run(again, batches, tmp_path, resume=True)
    assert again.seen == []
    assert torch.equal(loaded.layer.weight, whole.layer.weight)


def test_without_resume_it_starts_afresh(batches, tmp_path):
    run(Line(), batches, tmp_path)
    again = Line()
    run(again, batches, tmp_path)
    assert again.seen == [0, 1, 2, 3, 4, 5]


def test_refuses_to_go_on_with_another_recipe(batches, tmp_path):
    run(Line(), batches, tmp_path)
    with pytest.raises(ValueError, match='another folder'):
        run(Line(), batches, tmp_path, resume=True, recipe={'width': 2})


class Hopeless(Line):
    """Never gets better."""

    def validation_step(self, batch, index):
        self.log(SCORE, 0.0)


def test_stops_when_the_score_no_longer_rises(batches, tmp_path):
    module = Hopeless()
    run(module, batches, tmp_path, patience=2)
    assert module.seen == [0, 1, 2]


def test_returns_the_best_epoch_not_the_last(batches, tmp_path):
    class Peak(Line):
        def validation_step(self, batch, index):
            self.log(SCORE, 1.0 if self.current_epoch == 2 else 0.0)
            if self.current_epoch == 2:
                self.at_peak = self.layer.weight.item()

    module = Peak()
    assert run(module, batches, tmp_path).layer.weight.item() == module.at_peak


@pytest.mark.parametrize('name', ['thesis.txt', 'version_0/notes.csv'])
def test_what_no_training_has_written_is_never_deleted(batches, tmp_path, name):
    run(Line(), batches, tmp_path)
    mine = tmp_path / 'log' / name
    mine.write_text('mine')
    before = sorted(tmp_path.rglob('*'))
    with pytest.raises(ValueError, match=f'{mine.name} was written by no training'):
        run(Line(), batches, tmp_path)
    assert sorted(tmp_path.rglob('*')) == before
