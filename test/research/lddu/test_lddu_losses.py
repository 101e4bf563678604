"""The losses of LDDU: values, gradients, and memory that does not grow."""

import numpy as np
import pytest

pytest.importorskip('torch')
import torch

from mer_ros.research.lddu.contrastive import (
    classed,
    contrastive_loss,
    DistributionQueue,
    represent,
)
from mer_ros.research.lddu.losses import anchors, label_loss, noise_loss, total_loss, Weights
from mer_ros.research.lddu.ordinality import distance, ordinality_loss, PAIRS, Record, spread

DOUBLE = torch.float64


def numbers(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=DOUBLE)


def test_the_gradient_of_the_label_loss_is_right():
    truth = (numbers(4, 3, seed=1) > 0).double()
    predicted = torch.sigmoid(numbers(4, 3)).requires_grad_()
    assert torch.autograd.gradcheck(lambda p: label_loss(p, truth), predicted)


def test_the_label_loss_of_a_sure_and_wrong_answer_is_finite():
    assert torch.isfinite(label_loss(torch.tensor([[0.0, 1.0]]), torch.tensor([[1.0, 0.0]])))


def test_the_gradient_of_the_noise_loss_is_right():
    truth = (numbers(3, 2, seed=2) > 0).double()
    present = torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], dtype=DOUBLE)

    def loss(centre, log_sigma):
        return noise_loss(centre, log_sigma.exp(), present, truth,
                          torch.tensor([0.2, 0.6], dtype=DOUBLE), beta=0)

    assert torch.autograd.gradcheck(
        loss, (numbers(3, 2, 2, 4).requires_grad_(),
               numbers(3, 2, 2, 4, seed=1).requires_grad_()))


def test_beta_weighs_the_gradient_of_the_noise_loss_by_the_variance():
    grads = []
    for beta in (0.0, 0.5):
        centre = numbers(1, 1, 1, 3).requires_grad_()
        sigma = torch.tensor([0.5, 1.0, 3.0], dtype=DOUBLE).view(1, 1, 1, 3)
        noise_loss(centre, sigma, torch.ones(1, 1), torch.ones(1, 1), torch.full((1,), 0.5),
                   beta=beta).backward()
        grads.append(centre.grad.flatten())
    assert (grads[1] / grads[0]).tolist() == pytest.approx([0.5, 1.0, 3.0])


def test_the_noise_loss_is_least_where_sigma_is_the_expected_error():
    # An emotion of probability p at even rates: the best centre is (2 p - 1) times the anchor.
    p, count = 0.3, 1000
    truth = (torch.arange(count) < p * count).double()[:, None]
    centre = ((2 * p - 1) * anchors(1, 2)).double().expand(count, 1, 1, 2)
    best = (4 * p * (1 - p)) ** 0.5
    losses = {sigma: noise_loss(
        centre, torch.full_like(centre, sigma), torch.ones(count, 1), truth,
        torch.full((1,), 0.5), beta=0).item() for sigma in (0.8 * best, best, 1.2 * best)}
    assert min(losses, key=losses.get) == best


def test_modalities_that_were_absent_do_not_count_in_the_noise_loss():
    truth, sigma = torch.ones(2, 2), torch.ones(2, 3, 2, 4)
    centre = torch.randn(2, 3, 2, 4)
    present = torch.tensor([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    changed = centre.clone()
    changed[0, 2] += 5
    changed[1, 1:] += 5
    rates = torch.full((2,), 0.5)
    assert noise_loss(centre, sigma, present, truth, rates) == noise_loss(
        changed, sigma, present, truth, rates)


def test_a_modality_that_tells_nothing_learns_the_prior_however_rare_the_emotion():
    rate, count = 0.02, 1000
    truth = (torch.arange(count) < rate * count).double()[:, None]
    centre = torch.zeros(1, 1, 1, 2, dtype=DOUBLE, requires_grad=True)
    log_sigma = torch.zeros(1, 1, 1, 2, dtype=DOUBLE, requires_grad=True)
    wide = (count, 1, 1, 2)
    noise_loss(centre.expand(wide), log_sigma.exp().expand(wide), torch.ones(count, 1), truth,
               torch.full((1,), rate, dtype=DOUBLE)).backward()
    assert centre.grad.abs().max().item() == pytest.approx(0, abs=1e-9)
    assert log_sigma.grad.abs().max().item() == pytest.approx(0, abs=1e-9)


def test_the_gradient_of_the_contrastive_loss_is_right():
    classes, queued = torch.tensor([0, 0, 1, 2, 1]), torch.tensor([0, 2, 3])
    queue = torch.nn.functional.normalize(numbers(3, 4, seed=2), dim=1)

    def loss(centre, log_sigma):
        batch = represent(centre, log_sigma.exp())
        return contrastive_loss(batch, classes, queue, queued, positive=2, temperature=0.5)

    assert torch.autograd.gradcheck(
        loss, (numbers(5, 2).requires_grad_(), numbers(5, 2, seed=1).requires_grad_()))


def test_the_contrastive_loss_is_equation_five():
    anchors = torch.nn.functional.normalize(numbers(4, 3), dim=1)
    queue = torch.nn.functional.normalize(numbers(2, 3, seed=1), dim=1)
    classes, queued = [0, 0, 1, 2], [1, 2]
    z = (anchors @ torch.cat([anchors, queue]).T / 0.07).numpy()
    everybody = classes + queued
    each = []
    for i in range(3):
        others = [j for j in range(6) if j != i]
        same = [j for j in others if everybody[j] == classes[i]]
        total = np.log(sum(np.exp(z[i, j]) for j in others))
        each.append(-np.mean([z[i, j] - total for j in same]))
    found = contrastive_loss(anchors, torch.tensor(classes), queue, torch.tensor(queued),
                             positive=2)
    assert found.item() == pytest.approx(np.mean(each))


def test_as_printed_equation_seven_sums_over_the_anchors():
    anchors = torch.nn.functional.normalize(numbers(6, 3), dim=1)
    nothing, classes = torch.empty(0, 3, dtype=DOUBLE), torch.tensor([0, 0, 1, 1, 1, 2])
    mean, total = (contrastive_loss(anchors, classes, nothing,
                                    torch.empty(0, dtype=torch.long), positive=3, mean=mean)
                   for mean in (True, False))
    assert total.item() == pytest.approx(5 * mean.item())


def test_as_printed_emotions_that_a_sample_has_not_are_no_classes():
    represented = torch.arange(12.0).view(1, 3, 4, 1)
    found, classes = classed(represented, torch.tensor([[1.0, 0.0, 1.0]]),
                             torch.tensor([[0.0, 1.0, 0.0, 1.0]]), absent=False)
    assert classes.tolist() == [1, 3, 9, 11]
    assert found.flatten().tolist() == [1, 3, 9, 11]


def test_anchors_that_are_alone_in_their_class_cost_nothing():
    anchors = represent(numbers(3, 2), numbers(3, 2, seed=1).exp())
    nothing = torch.empty(0, 4, dtype=DOUBLE)
    loss = contrastive_loss(anchors, torch.arange(3), nothing, torch.empty(0, dtype=torch.long),
                            positive=3)
    assert loss.item() == 0.0


def test_no_anchor_at_all_costs_nothing():
    nothing, classes = torch.empty(0, 4), torch.empty(0, dtype=torch.long)
    assert contrastive_loss(nothing, classes, nothing, classes, positive=3).item() == 0.0


def test_samples_without_the_emotion_are_negatives_but_no_anchors():
    same = represent(torch.ones(3, 2, dtype=DOUBLE), torch.ones(3, 2, dtype=DOUBLE))
    nothing = torch.empty(0, 4, dtype=DOUBLE)
    loss = contrastive_loss(same, torch.tensor([0, 0, 1]), nothing,
                            torch.empty(0, dtype=torch.long), positive=1)
    assert loss.item() == pytest.approx(np.log(2))


@pytest.mark.parametrize('use', ['both', 'centre', 'variance'])
def test_representations_have_length_one_and_only_the_halves_asked_for(use):
    found = represent(numbers(5, 3), numbers(5, 3, seed=1).exp(), use=use)
    assert found.shape[1] == (6 if use == 'both' else 3)
    assert found.norm(dim=1).tolist() == pytest.approx([1.0] * 5)


def test_each_modality_and_emotion_is_a_class_of_its_own_and_so_is_its_absence():
    represented = torch.arange(12.0).view(1, 3, 4, 1)
    found, classes = classed(represented, torch.tensor([[1.0, 0.0, 1.0]]),
                             torch.tensor([[0.0, 1.0, 0.0, 1.0]]))
    assert classes.tolist() == [12, 1, 14, 3, 20, 9, 22, 11]
    assert found.flatten().tolist() == [0, 1, 2, 3, 8, 9, 10, 11]


def test_the_queue_keeps_the_newest_and_never_grows():
    queue = DistributionQueue(5, 2)
    memory = sum(buffer.nbytes for buffer in queue.buffers())
    for start in range(0, 60, 3):
        queue.push(torch.full((3, 2), float(start)), torch.arange(start, start + 3))
    assert len(queue) == 5
    assert sorted(queue.held()[1].tolist()) == [55, 56, 57, 58, 59]
    assert sum(buffer.nbytes for buffer in queue.buffers()) == memory


def test_of_more_than_the_queue_holds_the_last_are_kept():
    queue = DistributionQueue(3, 1)
    queue.push(torch.arange(7.0)[:, None], torch.arange(7))
    assert sorted(queue.held()[0].flatten().tolist()) == [4, 5, 6]


def test_the_queue_keeps_no_graph_alive():
    queue = DistributionQueue(4, 2)
    vectors = torch.randn(2, 2, requires_grad=True) * 2
    queue.push(vectors, torch.tensor([0, 1]))
    assert not queue.held()[0].requires_grad
    assert queue.vectors.grad_fn is None


def test_a_queue_of_no_size_holds_nothing():
    queue = DistributionQueue(0, 2)
    queue.push(torch.randn(3, 2), torch.arange(3))
    assert len(queue) == 0


@pytest.mark.parametrize('bounded', [True, False])
@pytest.mark.parametrize('pairs', [PAIRS, (('error', 'spread'),), (('spread', 'record'),)])
def test_the_gradient_of_the_ordinality_loss_is_right(bounded, pairs):
    record = torch.rand(6, generator=torch.Generator().manual_seed(3), dtype=DOUBLE)

    def loss(sigma, answers):
        return ordinality_loss(
            spread(sigma.exp(), bounded=bounded), distance(torch.sigmoid(answers), truth),
            record, pairs=pairs, temperature=0.3)

    truth = (numbers(6, 3, seed=2) > 0).double()
    assert torch.autograd.gradcheck(
        loss, (numbers(6, 2, 3, 2).requires_grad_(), numbers(6, 3, seed=1).requires_grad_()))


def test_the_ordinality_loss_is_the_sum_of_four_divergences():
    spreads, distances, record = torch.tensor([1.0, 2.0]), torch.tensor([0.3, 0.1]), torch.tensor(
        [0.9, 0.4])

    def divergence(p, q):
        return (p * (p / q).log()).sum()

    s, d, r = ((values).softmax(0) for values in (1 / spreads, 1 - distances, record))
    exact = divergence(d, r) + divergence(r, d) + divergence(s, r) + divergence(r, s)
    found = ordinality_loss(spreads, distances, record, temperature=1.0)
    assert found.item() == pytest.approx(exact.item(), rel=1e-4)


def test_the_ordinality_loss_is_smaller_when_the_ranks_agree():
    record = torch.linspace(0.2, 1.0, 8)
    agree = ordinality_loss(1 / record, 1 - record, record, temperature=0.1)
    oppose = ordinality_loss(record, record, record, temperature=0.1)
    assert agree.item() == pytest.approx(0.0, abs=1e-5)
    assert oppose > 1


def test_as_printed_the_ordinality_loss_hardly_sees_the_ranks():
    # Of 3 x 6 x 64 numbers near 1 the norm is about 34, and its inverse varies by thousandths.
    spreads, record = torch.linspace(30.0, 38.0, 128), torch.linspace(0.5, 1.0, 128)
    gap = [ordinality_loss(order, 1 - record, record, temperature=1.0).item()
           for order in (spreads, spreads.flip(0))]
    assert gap[0] - gap[1] < 0.01


def test_samples_that_do_not_differ_give_a_finite_loss():
    same = torch.ones(4)
    assert ordinality_loss(same, same * 0.5, same, temperature=0.1).item() == 0.0


def test_the_bounded_of_sigma_does_not_depend_on_how_many_there_are():
    for latent in (2, 50):
        sigma = torch.full((1, 3, 4, latent), 0.7)
        assert spread(sigma, bounded=True).item() == pytest.approx(1.7)
        assert spread(sigma, bounded=False).item() == pytest.approx(0.7 * (12 * latent) ** 0.5)


def test_the_record_is_the_share_of_right_answers_by_sample():
    record = Record(3)
    truth = torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    first = record.update(torch.tensor([2, 0]), torch.tensor([[0.9, 0.8], [0.9, 0.9]]), truth)
    second = record.update(torch.tensor([2]), torch.tensor([[0.9, 0.1]]), truth[:1])
    assert first.tolist() == [0.5, 1.0]
    assert second.tolist() == [0.75]
    assert record.seen.tolist() == [1, 0, 2]


def test_the_record_keeps_no_graph_alive():
    record = Record(2)
    answers = torch.rand(2, 3, requires_grad=True)
    assert not record.update(torch.arange(2), answers, torch.ones(2, 3)).requires_grad


def test_the_total_weighs_the_parts_that_are_there():
    one = torch.tensor(1.0)
    weights = Weights(direct=0.1, contrastive=0.8, ordinality=0.2, noise=5.0)
    assert total_loss(one, {'direct': one, 'contrastive': 2 * one}, weights).item() == (
        pytest.approx(1 + 0.1 + 1.6))
