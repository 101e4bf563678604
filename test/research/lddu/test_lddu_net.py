"""The LDDU network: shapes, masks, gates and uncertainty."""

from dataclasses import replace

import pytest

pytest.importorskip('torch')
import torch

from mer_ros.research.lddu.distributions import fuse, label_uncertainty, modality_uncertainty
from mer_ros.research.lddu.feature_gate import Gate, mix
from mer_ros.research.lddu.label_attention import LabelAttention
from mer_ros.research.lddu.lddu_net import LdduNet
from mer_ros.research.lddu.sizes import Sizes

SIZES = Sizes({'text': 6, 'audio': 5, 'visual': 4}, ('a', 'b'), width=16, layers=1, heads=2,
              label_width=8, latent=4)


def window(lengths=(3, 5, 4), batch=2):
    torch.manual_seed(1)
    features = [torch.randn(batch, length, dim)
                for length, dim in zip(lengths, SIZES.dims.values(), strict=True)]
    return features, [torch.ones(part.shape[:2]) for part in features]


def network(**changes):
    torch.manual_seed(0)
    return LdduNet(replace(SIZES, **changes)).eval()


@pytest.mark.parametrize('changes', [
    {}, {'fusion': 'concatenated'}, {'gate': 'entropy'}, {'gate': 'learned'},
    {'final': 'centre'}, {'final': 'variance'}, {'emotion_space': False}])
def test_every_form_gives_probabilities_and_uncertainties(changes):
    with torch.no_grad():
        seen = network(**changes)(*window())
    for values in (seen.direct, seen.final, seen.uncertainty):
        assert values.shape == (2, 2)
        assert (values >= 0).all()
        assert (values <= 1).all()
    assert seen.centre.shape == seen.sigma.shape == (2, 3, 2, 4)
    assert (seen.sigma > 0).all()


def test_padding_changes_nothing():
    net = network()
    features, there = window()
    longer = [torch.cat([part, 9 * torch.ones(2, 4, part.shape[2])], 1) for part in features]
    masks = [torch.cat([mask, torch.zeros(2, 4)], 1) for mask in there]
    with torch.no_grad():
        for one, other in zip(net(features, there), net(longer, masks), strict=True):
            assert other.numpy() == pytest.approx(one.numpy(), abs=1e-5)


def test_a_missing_modality_leaves_the_prior_and_its_features_do_not_count():
    net = network()
    features, there = window()
    there[1] = torch.zeros_like(there[1])
    changed = [features[0], 100 * features[1], features[2]]
    with torch.no_grad():
        seen, again = net(features, there), net(changed, there)
    assert seen.present.tolist() == [[1, 0, 1]] * 2
    assert (seen.centre[:, 1] == 0).all()
    assert (seen.sigma[:, 1] == 1).all()
    assert (seen.final == again.final).all()


def test_more_modalities_never_leave_more_variance():
    net = network()
    features, there = window()
    fewer = [there[0], torch.zeros_like(there[1]), there[2]]
    with torch.no_grad():
        assert (net(features, there).fused_variance < net(features, fewer).fused_variance).all()


def test_without_any_modality_the_answer_is_finite_and_nothing_is_known():
    features, there = window()
    with torch.no_grad():
        seen = network()(features, [torch.zeros_like(mask) for mask in there])
    assert torch.isfinite(seen.final).all()
    assert (seen.fused_variance == 1).all()


def test_attention_weights_sum_to_one_over_the_frames_that_are_there():
    attention = LabelAttention(SIZES).eval()
    there = torch.tensor([[1.0, 1.0, 0.0]])
    weights = attention.weights(torch.randn(1, 3, 16), torch.randn(2, 16), there)
    assert weights.sum(-1).flatten().tolist() == pytest.approx([1, 1])
    assert weights[..., 2].max().item() == 0


def test_attention_is_equation_one_with_the_root_of_the_width():
    attention = LabelAttention(SIZES).eval()
    frames, labels = torch.randn(1, 4, 16), torch.randn(2, 16)
    exact = torch.softmax(
        attention.labels(labels) @ attention.frames(frames)[0].T / 16 ** 0.5, -1)
    found = attention.weights(frames, labels, torch.ones(1, 4))[0]
    assert found.detach().numpy() == pytest.approx(exact.detach().numpy(), abs=1e-6)


def test_the_product_of_gaussians_is_the_precision_weighted_mean():
    centre, sigma = torch.tensor([1.0, 5.0]), torch.tensor([0.5, 2.0])
    found, variance = fuse(centre.view(1, 2, 1, 1), sigma.view(1, 2, 1, 1), torch.ones(1, 2))
    precision = 1 + 4 + 0.25
    assert variance.item() == pytest.approx(1 / precision)
    assert found.item() == pytest.approx((4 * 1 + 0.25 * 5) / precision)
    natural = (found / variance).item()  # what the classifier reads: a plain sum
    assert natural == pytest.approx(4 * 1 + 0.25 * 5)


def test_the_gates_weigh_as_they_say():
    direct = torch.tensor([[0.0, 0.25, 0.5, 1.0]])
    assert Gate('direct')(direct).tolist() == direct.tolist()
    assert Gate('entropy')(direct).tolist() == [[1.0, 0.5, 0.0, 1.0]]
    assert Gate('learned')(direct).tolist() == [[0.5] * 4]
    assert mix(direct, torch.ones(1, 4), torch.zeros(1, 4)).tolist() == direct.tolist()


def test_uncertainty_grows_with_every_sigma():
    torch.manual_seed(2)
    centre, direct = torch.zeros(1, 3, 2, 4), torch.tensor([[0.2, 0.9]])
    sigma = torch.rand(1, 3, 2, 4) + 0.1
    present = torch.ones(1, 3)
    before = label_uncertainty(fuse(centre, sigma, present)[1], direct)
    for modality in range(3):
        for label in range(2):
            larger = sigma.clone()
            larger[0, modality, label] *= 1.5
            after = label_uncertainty(fuse(centre, larger, present)[1], direct)
            assert after[0, label] > before[0, label]
            assert after[0, 1 - label] == before[0, 1 - label]
            assert (modality_uncertainty(larger)[0, modality, label]
                    > modality_uncertainty(sigma)[0, modality, label])


def test_uncertainty_grows_with_the_doubt_of_the_info_classifier_and_ends_at_one():
    variance = torch.full((1, 3, 4), 0.3)
    found = label_uncertainty(variance, torch.tensor([[0.0, 0.3, 0.5]]))[0]
    assert found[0] < found[1] < found[2]
    assert found[0].item() == pytest.approx(0.3)
    assert found[2].item() == 1.0


@pytest.mark.parametrize(('changes', 'named'), [
    ({'fusion': 'sum'}, 'precision'), ({'gate': 'label'}, 'direct'), ({'final': 'none'}, 'both'),
    ({'heads': 3}, 'heads'), ({'dims': {}}, 'modality')])
def test_sizes_that_cannot_be_are_refused(changes, named):
    with pytest.raises(ValueError, match=named):
        replace(SIZES, **changes)
