"""The gate between centre and variance: eq. 8 without the label, which nobody has at test time."""

import torch
from torch import nn, Tensor


class Gate(nn.Module):
    """Weight (B, q) in [0, 1] of the prediction from the centres; the rest is the variances'.

    Eq. 8 weighs by the distance of the info classifier's answer to the truth.  Instead:

    - ``direct``: its answer y_dir itself, as in the authors' code;
    - ``entropy``: |2 y_dir - 1|, how far it is from undecided: the more doubt, the more the
      variances count, which is what section 3.4.1 asks for in words;
    - ``learned``: one number for all.
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.log_odds = nn.Parameter(torch.zeros(())) if kind == 'learned' else None

    def forward(self, direct: Tensor) -> Tensor:
        """Return the weight for the info classifier's answers y_dir (B, q)."""
        if self.log_odds is not None:
            return torch.sigmoid(self.log_odds).expand_as(direct)
        return (2 * direct - 1).abs() if self.kind == 'entropy' else direct


def mix(gate: Tensor, from_centre: Tensor, from_variance: Tensor) -> Tensor:
    """Return the final prediction (B, q), eq. 8 with a gate in place of the distance."""
    return gate * from_centre + (1 - gate) * from_variance
