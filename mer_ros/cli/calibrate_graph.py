"""The command `mer_ros calibrate --graph`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from mer_ros.atomic_write import write_atomically
from mer_ros.calibration.company_fit import fit_company, steps
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.evaluation.recorded_evidence import Evidence
from mer_ros.research.votes.votes_graph import graph_evidence, VOICES

FITTED = ('speech', 'text')
"""The modalities whose trust beside others is fitted; the face is of people there."""

WEAK = ('text',)
"""Those that are weak about some classes."""


def run_graph_calibration(*, data: Path | None, profile: str, out: Path) -> str:
    """Fit how far speech and words may be trusted beside others, on the dev actors of CREMA-D.

    Writes the parameters, and returns them with what each step costs on the test actors.  Raises
    ValueError where no folder was given, or nothing is free of cost.
    """
    if data is None:
        raise ValueError('--graph needs --data FOLDER (or MER_ROS_DATA) with crema_d and '
                         'crema_d_audio')
    settings = fit_company([graph_evidence(data, 'dev', voice=voice, profile=profile)
                            for voice in VOICES], FusionSettings(), FITTED, WEAK)
    text = '\n'.join([
        f'# Trust of modalities beside each other, fitted on the dev actors of CREMA-D, models '
        f'{profile}.', '/**:', '  fusion_node:', '    ros__parameters:',
        *(f'      {name}.reliability: {settings.reliability_of(name)!r}' for name in FITTED),
        *(f'      {name}.weak_reliability: {value!r}'
          for name, value in (settings.weak_reliability or {}).items())]) + '\n'
    write_atomically(out, text)
    lines = _lines([graph_evidence(data, 'test', voice=voice, profile=profile)
                    for voice in VOICES], settings)
    return '\n'.join([text, *lines, f'written to {out}'])


def _lines(evidence: Sequence[Evidence], settings: FusionSettings) -> Iterator[str]:
    yield 'On the test actors (voice = people who only heard, face = people who only saw):'
    for one in evidence:
        for step in steps(one, settings):
            yield (f'{step.added:>6} added to {" + ".join(step.to):<14} accuracy '
                   f'{step.accuracy:+.3f}, calibration error {step.ece:+.3f}'
                   f'{"" if step.is_free else "   costs more than noise"}')
