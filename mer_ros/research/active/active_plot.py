"""A picture of learning curves."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

LOOKS = {'entropy': ('#0072B2', 'entropy'), 'margin': ('#009E73', 'margin'),
         'vacuity': ('#D55E00', 'vacuity'), 'full': ('#8A5A9E', 'all labels, same steps')}
"""Colour and title of each strategy that is drawn beside the random one."""

_GREY = '#777777'


def plot_curves(description: Mapping[str, Any], path: Path | BinaryIO) -> None:
    """Draw the UAR on test over the labels asked for into a PNG file, one panel a strategy.

    Lines are means over the seeds, bands their ranges; the random strategy is in every panel.
    The classifier that has all labels is drawn at the same gradient steps.  ``description`` is
    what `train_active` returns.
    """
    # A program that draws nothing must not pay for matplotlib.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.5), layout='constrained')
    plan, curves = description['plan'], description['curves']
    asked = plan['moved'] * np.arange(plan['rounds'] + 1)
    for axes, (name, (colour, title)) in zip(
            figure.subplots(1, len(LOOKS), sharex=True, sharey=True), LOOKS.items(), strict=True):
        for drawn, shade, line in (('random', _GREY, '--'), (name, colour, '-')):
            heights = 100 * np.array([[point['test']['uar'] for point in curve]
                                      for curve in curves[drawn]])
            axes.fill_between(asked, heights.min(axis=0), heights.max(axis=0), color=shade,
                              alpha=0.18, linewidth=0)
            axes.plot(asked, heights.mean(axis=0), color=shade, linestyle=line, linewidth=1.8)
        axes.set_title(title, fontsize=11, color=colour, loc='left')
        axes.set_xlim(0, asked[-1])
        axes.grid(color='#E3E3E3', linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[['top', 'right']].set_visible(False)
        axes.tick_params(labelsize=9)
    figure.axes[0].set_ylabel('UAR on test in %')
    figure.supxlabel('labels asked for, beyond those of the first third', fontsize=10)
    figure.suptitle(
        f'{description["task"]}: mean and range of {description["seeds"]} seeds; dashed: random',
        fontsize=11, x=0.01, ha='left')
    figure.savefig(path, dpi=120)
