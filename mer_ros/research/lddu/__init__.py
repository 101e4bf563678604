"""LDDU: several emotions at once, each with an uncertainty learned as a variance."""

from mer_ros.research.lddu.lddu_model import Judgement, Lddu

__all__ = ['Judgement', 'Lddu']
