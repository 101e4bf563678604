"""Training of LDDU networks on tiny generated data."""

from dataclasses import replace
import json

import numpy as np
import pytest

pytest.importorskip('torch')
pytest.importorskip('lightning')
pytest.importorskip('sklearn')
pytest.importorskip('onnx')
import torch

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.face_sets import read_image
from mer_ros.research.lddu import Lddu
from mer_ros.research.lddu.lddu_net import LdduNet
from mer_ros.research.lddu.losses import Weights
from mer_ros.research.lddu.training.lddu_data import batches
from mer_ros.research.lddu.training.lddu_module import hide, LdduModule, predict
from mer_ros.research.lddu.training.lddu_recipe import (
    ABLATIONS,
    corrected,
    CORRECTIONS,
    printed,
    Recipe,
    with_corrections,
    without,
)
from mer_ros.research.lddu.training.lddu_seeds import train_seeds
from mer_ros.research.lddu.training.lddu_synthetic import make, noise_ranks
from mer_ros.research.lddu.training.train_lddu import train_lddu

SHAPE = {'width': 16, 'layers': 1, 'heads': 2, 'label_width': 16, 'latent': 4, 'dropout': 0.0}
RECIPE = Recipe({**SHAPE, 'fusion': 'concatenated'}, queue=64, batch=16)


@pytest.fixture(scope='module')
def corpus():
    return make(train=32, valid=16, test=16).corpus


def module_of(recipe, corpus):
    torch.manual_seed(0)
    net = LdduNet(recipe.sizes(corpus.dims, corpus.labels))
    return LdduModule(net, recipe, truth=corpus.train.truth, seed=0)


@pytest.fixture(scope='module')
def trained(tmp_path_factory):
    out = tmp_path_factory.mktemp('out')
    return train_lddu(data=out, out=out, dataset='synthetic', smoke=True), out


def test_the_description_holds_what_the_model_reads_and_the_figures(trained):
    report, out = trained
    written = json.loads((out / 'lddu.json').read_text())
    assert written == json.loads(json.dumps(report))
    assert written['labels'] == ['anger', 'fear', 'happiness', 'sadness', 'surprise']
    assert 0 < written['threshold'] < 1
    assert set(written['figures']['noise_ranks']) == set(written['dims'])
    assert set(written['compared']) == {'without uncertainty'}
    assert written['figures']['published_names']['P'] == written['figures']['recall']


def test_the_exported_network_answers_as_the_trained_one(trained):
    report, out = trained
    model = Lddu(path=out / 'lddu.onnx')
    corpus = make(train=200, valid=100, test=100).corpus
    net = LdduNet(corrected_shape(report, corpus))
    state = torch.load(out / 'network' / 'best.ckpt', weights_only=True)['state_dict']
    net.load_state_dict({name.removeprefix('net.'): value for name, value in state.items()
                         if name.startswith('net.')})
    seen = predict(net.eval(), batches(corpus.test, batch=50))
    for index in (0, 7, 31):
        judged = model.judge({name: rows[index] for name, rows in corpus.test.sequences.items()})
        assert judged.probability == pytest.approx(seen['final'][index], abs=1e-4)
        assert judged.uncertainty == pytest.approx(seen['uncertainty'][index], abs=1e-4)
        assert np.array(list(judged.per_modality.values())) == pytest.approx(
            seen['per_modality'][index], abs=1e-4)


def corrected_shape(report, corpus):
    return replace(Recipe(), shape=report['recipe']['shape']).sizes(corpus.dims, corpus.labels)


def test_a_run_that_is_complete_is_not_trained_again(trained):
    report, out = trained
    (log,) = out.glob('network/log/version_0/metrics.csv')
    before = log.stat().st_mtime_ns
    assert train_lddu(data=out, out=out, dataset='synthetic', smoke=True, resume=True) == report
    assert log.stat().st_mtime_ns == before


def test_another_recipe_is_not_resumed(trained):
    with pytest.raises(ValueError, match='another folder'):
        train_lddu(data=trained[1], out=trained[1], dataset='synthetic', smoke=True, resume=True,
                   leave_out=['contrastive'])


def test_goemotions_is_trained_beside_plain_classifiers(tmp_path):
    folder = tmp_path / 'goemotions'
    folder.mkdir()
    for split in ('train', 'dev', 'test'):
        rows = [f'{split}{emotion}{i}\tthis is {emotion} number {i}\t{emotion}\t{emotion}|neutral'
                f'\t{emotion}\n' for emotion in EMOTIONS for i in range(6)]
        rows.append(f'{split}x\t \t\tanger|fear\tanger|fear\n')
        (folder / f'{split}.tsv').write_text(
            'id\ttext\tekman7\tekman7_all\tlabels\n' + ''.join(rows))
    report = train_lddu(data=tmp_path, out=tmp_path / 'out', smoke=True)
    assert report['models'] == {'text': 'lite'}
    assert set(report['compared']) == {
        'without uncertainty', 'mean and MLP', 'TF-IDF and logistic regression'}
    assert all(0 <= figures['micro_f1'] <= 1 for figures in report['compared'].values())
    assert Lddu(path=tmp_path / 'out' / 'lddu.onnx').labels == EMOTIONS


def test_unknown_names_are_refused_with_the_known_ones(tmp_path):
    for options, known in (({'dataset': 'meld'}, 'm3ed'), ({'form': 'best'}, 'corrected'),
                           ({'gate': 'open'}, 'learned'),
                           ({'leave_out': ['thought']}, 'ordinality')):
        with pytest.raises(ValueError, match=known):
            train_lddu(**{'data': tmp_path, 'out': tmp_path, 'dataset': 'synthetic',
                          'smoke': True, **options})


@pytest.mark.parametrize('form', [RECIPE, corrected(RECIPE)])
def test_a_small_batch_can_be_learned_by_heart(corpus, form):
    module = module_of(replace(form, absence=0.0), corpus)
    module.log_dict = lambda *_, **__: None
    optimizer = torch.optim.Adam(module.net.parameters(), 5e-3)
    batch = next(iter(batches(corpus.train, batch=16)))
    for _ in range(150):
        optimizer.zero_grad()
        module.training_step(batch, 0).backward()
        optimizer.step()
    with torch.no_grad():
        final = module.net.eval()(batch.features, batch.there).final
    assert ((final > 0.5) == (batch.truth > 0)).float().mean() > 0.97


def test_the_form_paper_has_no_correction_and_all_of_them_make_the_corrected_form():
    paper = printed(RECIPE)
    assert (paper.absence, paper.clip, paper.mean_anchors, paper.absent_classes) == (
        0.0, None, False, False)
    assert (paper.contrast, paper.bounded, paper.sharpness) == ('both', False, 1.0)
    assert paper.shape['fusion'] == 'concatenated'
    assert paper.weights == Weights(direct=0.1, contrastive=0.8, ordinality=0.1, noise=0.0)
    assert printed(corrected(RECIPE)) == paper
    assert with_corrections(paper, list(CORRECTIONS)) == corrected(RECIPE)


@pytest.mark.parametrize('name', CORRECTIONS)
def test_every_correction_is_a_switch_of_its_own_that_trains_a_step(corpus, name):
    recipe = with_corrections(printed(RECIPE), [name])
    assert recipe != printed(RECIPE)
    module = module_of(recipe, corpus)
    module.log_dict = lambda *_, **__: None
    loss = module.training_step(next(iter(batches(corpus.train, batch=16))), 0)
    loss.backward()
    assert torch.isfinite(loss)


def test_an_unknown_correction_is_answered_with_the_known_ones(tmp_path):
    with pytest.raises(ValueError, match=r"'luck' is no correction; known: \['mean_anchors'"):
        with_corrections(RECIPE, ['luck'])
    with pytest.raises(ValueError, match='has all corrections'):
        train_lddu(data=tmp_path, out=tmp_path, dataset='synthetic', smoke=True,
                   corrections=['clipping'])


def test_several_seeds_give_mean_and_deviation_and_the_latents_of_each(tmp_path):
    report = train_seeds(data=tmp_path, out=tmp_path, dataset='synthetic', smoke=True, seeds=2,
                         seed=5, form='paper', corrections=['clipping'], compare=False, dump=True,
                         gate='entropy')
    runs = [json.loads((tmp_path / f'seed_{seed}' / 'lddu.json').read_text()) for seed in (5, 6)]
    scores = [run['figures']['micro_f1'] for run in runs]
    found = report['figures']['network']['micro_f1']
    assert found['mean'] == pytest.approx(np.mean(scores), abs=1e-4)
    assert found['deviation'] == pytest.approx(abs(scores[0] - scores[1]) / 2 ** 0.5, abs=1e-4)
    assert report['seeds'] == [5, 6]
    assert json.loads((tmp_path / 'seeds.json').read_text()) == report
    assert runs[0]['corrections'] == ['clipping']
    assert runs[0]['recipe']['shape']['gate'] == 'entropy'
    assert -1 <= runs[0]['figures']['label_correlation']['cosine'] <= 1
    with np.load(tmp_path / 'seed_5' / 'latents.npz') as latents:
        samples, labels = latents['truth'].shape
        assert latents['centre'].shape == latents['sigma'].shape
        assert latents['centre'].shape[:3] == (samples, len(latents['modalities']), labels)
        assert (latents['sigma'] > 0).all()
        assert len(latents['ids']) == samples
    assert read_image(tmp_path / 'seed_5' / 'latents.png').std() > 5.0, 'something is drawn'


@pytest.mark.parametrize('name', ABLATIONS)
def test_every_ablation_trains_a_step_without_the_part(corpus, name):
    recipe = without(corrected(RECIPE), [name])
    assert recipe != corrected(RECIPE) or name in (
        'variance', 'error_ranks', 'final_variance')
    module = module_of(recipe, corpus)
    module.log_dict = lambda *_, **__: None
    loss = module.training_step(next(iter(batches(corpus.train, batch=16))), 0)
    loss.backward()
    assert torch.isfinite(loss)
    assert len(module.queue) <= recipe.queue


def test_the_defaults_are_those_of_the_paper():
    recipe = Recipe()
    sizes = recipe.sizes({'text': 300}, ('a',))
    assert (recipe.rate, recipe.batch, recipe.epochs, recipe.warm_up, recipe.queue) == (
        2e-5, 128, 30, 0.1, 8192)
    assert (sizes.layers, sizes.width, sizes.heads, sizes.dropout) == (3, 256, 8, 0.3)
    assert (sizes.label_width, sizes.latent, sizes.gate) == (128, 64, 'direct')
    assert recipe.weights == Weights(direct=0.1, contrastive=0.8, ordinality=0.1, noise=0.0)


def test_labels_have_no_influence_on_what_is_predicted(corpus):
    module = module_of(corrected(RECIPE), corpus).eval()
    batch = next(iter(batches(corpus.test, batch=16)))
    shuffled = batch._replace(truth=batch.truth.flip(0, 1))
    for given in (batch, shuffled):
        with torch.no_grad():
            module.validation_step(given, 0)
    assert torch.equal(module._predicted[0][0], module._predicted[1][0])
    assert not torch.equal(module._predicted[0][1], module._predicted[1][1])


def test_memory_of_queue_and_record_stays_the_same_and_holds_no_graph(corpus):
    module = module_of(RECIPE, corpus)
    module.log_dict = lambda *_, **__: None
    size = sum(buffer.nbytes for buffer in module.buffers())
    for batch in batches(corpus.train, batch=8, seed=0):
        module.training_step(batch, 0)
    assert sum(buffer.nbytes for buffer in module.buffers()) == size
    assert len(module.queue) == RECIPE.queue
    assert all(buffer.grad_fn is None and not buffer.requires_grad
               for buffer in module.buffers())


def test_hidden_modalities_always_leave_one_that_was_there():
    torch.manual_seed(0)
    there = [torch.ones(200, 3), torch.ones(200, 2), torch.ones(200, 2)]
    there[2][:100] = 0
    for chance in (0.3, 1.0):
        masks = hide(there, chance)
        left = torch.stack([mask.amax(1) for mask in masks])
        assert (left.sum(0) >= 1).all()
    assert any((mask != before).any() for mask, before in zip(
        hide(there, 0.3), there, strict=True))
    assert all(torch.equal(mask, before) for mask, before in zip(
        hide(there, 0.0), there, strict=True))


def test_ranks_that_agree_correlate_whatever_the_scale():
    noise = np.random.default_rng(0).random((50, 2))
    spread = np.stack([np.exp(5 * noise[:, 0]), -noise[:, 1]], 1)
    assert noise_ranks(spread, noise, ('text', 'audio')) == {'text': 1.0, 'audio': -1.0}
