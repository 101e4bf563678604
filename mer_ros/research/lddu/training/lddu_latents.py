"""The latent Gaussians of a test split, to be measured elsewhere, and drawn as in figure 4."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mer_ros.research.lddu.lddu_net import LdduNet
from mer_ros.research.lddu.training.lddu_data import batches, Corpus
from mer_ros.research.lddu.training.lddu_module import predict

BATCH = 256
"""Samples that go through the network together."""

POINTS = 2000
"""Distributions that are drawn, of more at random."""

MARKERS = 'o^sDvP'
"""One a modality."""


def write_latents(path: Path, net: LdduNet, corpus: Corpus, threshold: float) -> None:
    """Write what a network makes of the test split as a compressed file of numpy.

    ``centre`` and ``sigma`` are float32 (N, M, q, latent), ``probability``, ``uncertainty`` and
    ``truth`` (N, q), ``ids`` (N,), ``modalities`` (M,), ``labels`` (q,), and ``threshold``.  A PNG
    of the same name shows their t-SNE, see `draw_latents`.
    """
    seen = predict(net, batches(corpus.test, batch=BATCH))
    modalities = np.array(list(corpus.dims))
    np.savez_compressed(
        path, centre=seen['centre'], sigma=seen['sigma'], probability=seen['final'],
        uncertainty=seen['uncertainty'], truth=corpus.test.truth,
        ids=np.array(corpus.test.ids), modalities=modalities,
        labels=np.array(corpus.labels), threshold=np.float64(threshold))
    there = np.array([[len(rows[index]) > 0 for rows in corpus.test.sequences.values()]
                      for index in range(len(corpus.test.ids))])
    places = np.argwhere(there[:, :, None] & (corpus.test.truth[:, None, :] > 0))
    if len(places) > POINTS:
        places = places[np.sort(np.random.default_rng(0).choice(len(places), POINTS, False))]
    sample, modality, label = places.T
    draw_latents(
        path.with_suffix('.png'), seen['centre'][sample, modality, label],
        seen['sigma'][sample, modality, label],
        modality, label, modalities.tolist(), corpus.labels)


def draw_latents(path: Path, centre: NDArray[np.float32], sigma: NDArray[np.float32],
                 modality: NDArray[np.intp], label: NDArray[np.intp],
                 modalities: list[str], labels: tuple[str, ...]) -> None:
    """Draw n distributions of labels that are present as a PNG file: figure 4 of the paper.

    The t-SNE is of the rows [mu / |mu|, sigma / |sigma|], which the contrastive loss compares.
    Fewer than five distributions are not drawn.

    Args:
        path: of the file.
        centre: mu (n, latent) of n distributions.
        sigma: theirs, (n, latent).
        modality: the number (n,) of the modality of each.
        label: the number (n,) of the label of each.
        modalities: names of the modalities.
        labels: names of the labels.
    """
    if len(centre) < 5:
        return
    from matplotlib import colormaps
    from matplotlib.figure import Figure
    from sklearn.manifold import TSNE

    rows = np.concatenate([part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-12)
                           for part in (centre, sigma)], axis=1)
    points = TSNE(perplexity=min(30, (len(rows) - 1) / 3), init='pca',
                  random_state=0).fit_transform(rows)
    figure = Figure(figsize=(7, 5), layout='constrained')
    axes = figure.subplots()
    for one, name in enumerate(modalities):
        for other, emotion in enumerate(labels):
            chosen = (modality == one) & (label == other)
            axes.scatter(*points[chosen].T, s=7, marker=MARKERS[one % len(MARKERS)],
                         color=colormaps['tab10'](other % 10), alpha=0.6,
                         label=f'{name}: {emotion}')
    axes.set_axis_off()
    figure.legend(loc='outside right', frameon=False, fontsize=7, markerscale=2)
    figure.savefig(path, dpi=120)
