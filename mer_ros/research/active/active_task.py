"""What uncertainty-based learning is tried on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mer_ros.research.active.active_learning import Learner, Plan


@dataclass(frozen=True, slots=True)
class Task:
    """A data set with a classifier.

    ``groups`` names the person of each training sample; ``learner`` makes an untrained learner of
    a seed; ``numbers`` is what else defines the runs, as JSON.
    """

    name: str
    groups: Sequence[str]
    plan: Plan
    learner: Callable[[int], Learner]
    numbers: dict[str, Any]
