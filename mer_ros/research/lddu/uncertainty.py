"""How unsure the network is of each label: learned variance and doubt of the info classifier."""

from torch import Tensor


def label_uncertainty(variance: Tensor, direct: Tensor) -> Tensor:
    """Return the uncertainty (B, q) in [0, 1] of each label.

    u = 1 - (1 - v)(1 - h): v is the mean fused variance of the label, the share of the prior's
    variance that is left after all modalities were seen, and h = 1 - |2 y_dir - 1| the doubt of
    the info classifier, from which the gates are made.  Either alone can make a label uncertain;
    u grows with every sigma and with h.

    Args:
        variance: (B, q, latent) in (0, 1], as `distributions.fuse` returns it.
        direct: answers of the info classifier (B, q) in [0, 1].
    """
    doubt = 1 - (2 * direct - 1).abs()
    return 1 - (1 - variance.mean(-1)) * (1 - doubt)


def modality_uncertainty(sigma: Tensor) -> Tensor:
    """Return the share (B, M, q) in (0, 1) of the prior's variance left by one modality alone."""
    variance = sigma ** 2
    return (variance / (1 + variance)).mean(-1)
