"""The latent Gaussians of a test split, to be drawn or measured elsewhere."""

from pathlib import Path

import numpy as np

from mer_ros.research.lddu.lddu_net import LdduNet
from mer_ros.research.lddu.training.lddu_data import batches, Corpus
from mer_ros.research.lddu.training.lddu_module import predict

BATCH = 256
"""Samples that go through the network together."""


def write_latents(path: Path, net: LdduNet, corpus: Corpus, threshold: float) -> None:
    """Write what a network makes of the test split as a compressed file of numpy.

    ``centre`` and ``sigma`` are float32 (N, M, q, latent), ``probability``, ``uncertainty`` and
    ``truth`` (N, q), ``ids`` (N,), ``modalities`` (M,), ``labels`` (q,), and ``threshold``.  The
    t-SNE of the paper (figure 4) is of the rows [mu / |mu|, sigma / |sigma|] whose truth is 1.
    """
    seen = predict(net, batches(corpus.test, batch=BATCH))
    np.savez_compressed(
        path, centre=seen['centre'], sigma=seen['sigma'], probability=seen['final'],
        uncertainty=seen['uncertainty'], truth=corpus.test.truth,
        ids=np.array(corpus.test.ids), modalities=np.array(list(corpus.dims)),
        labels=np.array(corpus.labels), threshold=np.float64(threshold))
