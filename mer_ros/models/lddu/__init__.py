"""LDDU: several emotions at once, each with an uncertainty learned as a variance."""

from mer_ros.models.lddu.model import Judgement, Lddu

__all__ = ['Judgement', 'Lddu']
