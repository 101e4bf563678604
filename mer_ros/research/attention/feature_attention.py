"""Attention over the features of several modalities, as a network of features is used."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mer_ros.fusion import fuse, Opinion, Rule
from mer_ros.fusion.conjunctive import dempster
from mer_ros.fusion.logspace import softmax
from mer_ros.fusion.rules import Judgement, Sources
from mer_ros.research.attention.attention_model import read_network

SHIPPED = Path(__file__).with_name('attention_features.json')
"""The network that ships: features of the built-in models of face, speech and text."""


class FeatureAttention:
    """Judges features of one or more modalities; each is averaged over time first (section 3.1).

    The probability is the network's; the uncertainty is that of Dempster's rule on what the
    classifiers of the modalities say, as with the fusion rule ``attention``.

    Args:
        path: a file of `mer_ros train attention --inputs features`.

    Attributes:
        name: of the network.
        labels: the classes.
        modalities: what may be given to `judge`.
        dims: the length of one feature vector of each modality.
        models: the model that made the features of each modality in training.

    Raises:
        FileNotFoundError: the file is missing.
        ValueError: it is damaged, or fuses logits.
    """

    name = 'attention'

    def __init__(self, *, path: Path | str = SHIPPED) -> None:
        self._network = read_network(path)
        about = self._network.about
        if self._network.inputs != 'features' or not {'dims', 'models'} <= about.keys():
            raise ValueError(
                f'{path} fuses {self._network.inputs}'
                f'{"" if self._network.inputs == "logits" else " of models it does not name"}; '
                f'train one with `mer_ros train attention --inputs features`')
        self.labels = self._network.labels
        self.modalities = tuple(self._network.branches)
        self.dims: Mapping[str, int] = about['dims']
        self.models: Mapping[str, str] = about['models']

    def judge(self, features: Mapping[str, NDArray[np.float32]]) -> Opinion:
        """Return the opinion about the features (T, D), T >= 1, of at least one modality.

        Its ``weights`` are the attention.  Raises ValueError for a modality that was not trained.
        """
        self._network.check_names(tuple(features))
        means = {name: rows.mean(axis=0, dtype=np.float64) for name, rows in features.items()}
        said = {name: self._network.branches[name].embed(mean) for name, mean in means.items()}

        def attended(sources: Sources) -> Judgement:
            logits, weights = self._network.judge(
                {name: means[name] for name in sources.names}, sources.reliability)
            with np.errstate(divide='ignore'):
                return Judgement(np.log(softmax(logits)), weights)

        return fuse(said, rule=Rule(dempster, judge=attended), output_temperature=1.0, doubt=True)
