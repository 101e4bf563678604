"""Fusion of what several modalities say into one Dirichlet opinion, in numpy and float64."""

from mer_ros.fusion.affine import Affine
from mer_ros.fusion.fuse_logits import fuse
from mer_ros.fusion.opinion import Opinion
from mer_ros.fusion.presets import Preset, PRESETS
from mer_ros.fusion.rules import Judgement, Rule, RULES, Sources, untrained_rules

__all__ = ['PRESETS', 'RULES', 'Affine', 'Judgement', 'Opinion', 'Preset', 'Rule', 'Sources',
           'fuse', 'untrained_rules']
