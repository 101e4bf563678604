"""Figures 4 and 5 of the audio-visual paper: loss and accuracy with and without asking."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

COLOURS = {'entropy': '#0072B2', 'margin': '#009E73', 'vacuity': '#D55E00', 'random': '#777777',
           'all': '#8A5A9E'}
"""Colour of each strategy."""


def plot_uncertain(found: Mapping[str, Any], path: Path | BinaryIO) -> None:
    """Draw a fold of `train_uncertain` into a PNG file: loss, and accuracy of train and test."""
    # A program that draws nothing must not pay for matplotlib.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout='constrained')
    left, right = figure.subplots(1, 2, sharex=True)
    for name, one in found['strategies'].items():
        curve = one['curve']
        epochs = range(len(curve))
        colour = COLOURS[name]
        left.plot(epochs, [point['loss'] for point in curve], color=colour, label=name)
        right.plot(epochs, [100 * point['test']['accuracy'] for point in curve], color=colour)
        right.plot(epochs, [100 * point['train']['accuracy'] for point in curve], color=colour,
                   linestyle=':')
    left.set_ylabel('loss of learning')
    right.set_ylabel('accuracy in % (dotted: learning, solid: test)')
    for axes in (left, right):
        axes.grid(color='#E3E3E3', linewidth=0.6)
        axes.spines[['top', 'right']].set_visible(False)
    left.legend(frameon=False)
    figure.supxlabel('epochs after the first model', fontsize=10)
    figure.savefig(path, dpi=120)
