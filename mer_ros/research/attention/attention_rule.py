"""Learnable attention fusion as a rule: what is likely is learned, what is known stays evidence.

Source: Joshi and Khare, "A novel multimodal approach for emotion recognition using Text, Speech,
and Facial Expression data", section 3.1.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mer_ros.emotions import check_labels, EMOTIONS
from mer_ros.fusion.conjunctive import dempster
from mer_ros.fusion.logspace import softmax
from mer_ros.fusion.rules import Judgement, Rule, Sources
from mer_ros.research.attention.attention_model import AttentionNetwork, centred, read_network

SHIPPED = Path(__file__).with_name('attention_crema_d.json')
"""The file behind the rule name ``attention``: speech and face, from the votes of CREMA-D."""


def load_attention(path: Path | str = SHIPPED, *, labels: Sequence[str] = EMOTIONS) -> Rule:
    """Return the rule that a trained file holds, for a frame of these labels.

    Belief and uncertainty rest on Dempster's rule over the discounted opinions, see `Rule`.

    Raises:
        FileNotFoundError: the file is missing.
        ValueError: it is damaged, was trained on features, or on classes that are not in the frame.
    """
    network = read_network(path)
    frame = check_labels(labels)
    if network.inputs != 'logits':
        raise ValueError(f'{path} fuses {network.inputs}, and a fusion rule gets logits; train one '
                         f'on logits')
    unknown = [label for label in network.labels if label not in frame]
    if unknown:
        raise ValueError(f'{path} was trained on {unknown} too, which are not in the frame; '
                         f'trained {list(network.labels)}, the frame has {list(frame)}')
    return Rule(dempster, judge=AttentionJudge(network, frame).judge, labels=frame, load=_load)


def _load(path: str, labels: Sequence[str]) -> Rule:
    return load_attention(path or SHIPPED, labels=labels)


class AttentionJudge:
    """Judges logits by an `AttentionNetwork`, in a frame that may have more classes than it.

    Classes that the network never learned keep the probability that Dempster's rule gives them;
    it shares out the rest.  With probability 1 - r a modality of reliability r is noise: where
    all are, which has probability prod(1 - r_i), the classes that it learned are equally likely.
    """

    def __init__(self, network: AttentionNetwork, labels: tuple[str, ...]) -> None:
        self._network = network
        self._labels = labels
        self._columns = np.array([labels.index(label) for label in network.labels])
        self._others = np.delete(np.arange(len(labels)), self._columns)

    def judge(self, sources: Sources) -> Judgement:
        """Return log-probabilities (..., K), and the attention (N, ...) as weights.

        Raises:
            ValueError: a modality was not trained on, or K is not the size of the frame.

        """
        if sources.scores.shape[-1] != len(self._labels):
            raise ValueError(
                f'logits of {sources.scores.shape[-1]} classes were given; this attention fusion '
                f'was loaded for {list(self._labels)}: see load_attention(labels=)')
        learned = sources.scores[..., self._columns]
        logits, weights = self._network.judge(
            dict(zip(sources.names, centred(learned), strict=True)), sources.reliability)
        heard = 1.0 - np.prod(1.0 - sources.reliability, axis=0)[..., np.newaxis]
        probability = heard * softmax(logits) + (1.0 - heard) / len(self._columns)
        if self._others.size:
            whole = softmax(dempster(sources))
            whole[..., self._columns] = (
                probability * whole[..., self._columns].sum(axis=-1, keepdims=True))
            probability = whole
        with np.errstate(divide='ignore'):
            return Judgement(np.log(probability), weights)
