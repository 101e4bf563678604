"""Rules that let opinions confirm each other: Dempster, Yager, Murphy."""

from mer_ros.fusion.conflict import conjunction
from mer_ros.fusion.logspace import Floats, from_masses, masses
from mer_ros.fusion.pools import mean
from mer_ros.fusion.rules import Rule, Sources


def dempster(sources: Sources) -> Floats:
    """Return Dempster's combination, eqs. (6)-(8): the log-scores add.

    Commonalities multiply and the normalisation cancels, so nothing is divided by 1 - c.
    """
    total: Floats = sources.log_scores.sum(axis=0)
    return total


def yager(sources: Sources) -> Floats:
    """Return Yager's combination (1987), all sources at once: conflict becomes ignorance."""
    joint, whole, empty = conjunction(*masses(sources.log_scores))
    return from_masses(joint, whole + empty)


def murphy(sources: Sources) -> Floats:
    """Return Murphy's combination (2000): Dempster's, of the mean opinion with itself."""
    return sources.count * mean(sources)


DEMPSTER = Rule(dempster)
YAGER = Rule(yager)
MURPHY = Rule(murphy)
