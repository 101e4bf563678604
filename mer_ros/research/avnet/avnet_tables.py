"""Tables 3 to 5 and figure 6 of Radoi and Cioroiu (2024), with what was reached here."""

from collections.abc import Mapping
from typing import Any

from mer_ros.evaluation.reports.tables import Grid

ACCURACY: dict[str, tuple[tuple[str, str, float], ...]] = {
    'crema_d': (
        ('human', '-', 63.6), ('recursive attention', '-', 65.0), ('MERML', '10 folds', 66.5),
        ('MATER', '10 folds', 67.2), ('MuT base', 'random', 68.9), ('MuT large', 'random', 70.2),
        ('TA-AVN', '5 folds', 71.4), ('paper, wav2vec 2.0', '5 folds', 71.4),
        ('AuxFormer', 'random', 71.7), ('multimodal transformers', '-', 72.5),
        ('paper', '5 folds', 74.2)),
    'ravdess': (
        ('recursive attention', '-', 58.3), ('TA-AVN', '5 folds', 63.1),
        ('deep metric learning', '10 folds', 67.7), ('MMTM', '-', 73.1), ('MSAF', '6 folds', 74.9),
        ('CFN-SR', '5 folds', 75.8), ('MATER', '12 folds', 76.3), ('paper', '5 folds', 76.3),
        ('human', '-', 80.0), ('paper, wav2vec 2.0', '5 folds', 81.9)),
}
"""Table 3: model, how it was validated, and accuracy in %."""

PARAMETERS = (
    ('paper', 2.70), ('TA-AVN, 12 segments', 18.70), ('MSAF', 25.94), ('CFN-SR', 26.30),
    ('MMTM', 31.97), ('MuT base', 38.30), ('MuT large', 89.20), ('paper, wav2vec 2.0', 97.20))
"""Table 4: model, and its parameters in millions."""

TIMES = {'crema_d': (('RTX 3080 Ti', 5.1), ('RTX 4090', 1.8), ('Jetson Nano', 440.0)),
         'ravdess': (('RTX 3080 Ti', 13.1), ('RTX 4090', 4.1), ('Jetson Nano', 840.0))}
"""Table 5: machine, and milliseconds that a film takes."""


def avnet_grids(report: Mapping[str, Any]) -> list[Grid]:
    """Return the tables of a report of `avnet_report.write_report`."""
    return [_folds(report), _accuracy(report), _confusion(report), _cost(report)]


def _folds(report: Mapping[str, Any]) -> Grid:
    return Grid(
        f'{report["corpus"]}, {report["audio"]}: people who were never learned from',
        ('fold', 'people', 'films', 'accuracy', 'UAR'),
        tuple((str(fold['fold']), str(fold['people']), str(fold['n']), f'{fold["accuracy"]:.3f}',
               f'{fold["uar"]:.3f}') for fold in report['folds']),
        notes=('The epoch was chosen by people kept out of those to learn from, not by the test '
               'people as in the paper.',))


def _accuracy(report: Mapping[str, Any]) -> Grid:
    pooled, folds = report['pooled'], len(report['folds'])
    low, high = pooled['intervals']['accuracy']
    here = ('here', f'{folds} fold{"s" if folds > 1 else ""}',
            f'{100 * pooled["accuracy"]:.1f} [{100 * low:.1f}, {100 * high:.1f}]')
    return Grid('Accuracy in %, as table 3', ('model', 'validation', 'accuracy'),
                (*((name, how, f'{value:.1f}') for name, how, value in ACCURACY[report['corpus']]),
                 here),
                notes=(f'Here: {pooled["n"]} test films together, with a 95 % interval.',), main=2)


def _confusion(report: Mapping[str, Any]) -> Grid:
    confusion = report['pooled']['confusion']
    return Grid('Confusion in % of the true class, as figure 6: rows true, columns predicted',
                ('', *(label[:3].upper() for label in confusion['labels'])),
                tuple((label, *(f'{100 * count / max(1, sum(counts)):.0f}' if count else ''
                                for count in counts))
                      for label, counts in zip(confusion['labels'], confusion['counts'],
                                               strict=True)))


def _cost(report: Mapping[str, Any]) -> Grid:
    return Grid(
        'Size and time, as tables 4 and 5', ('model', 'parameters, M', 'MiB', 'ms a film'),
        (*((name, f'{millions:.2f}', '10.3' if name == 'paper' else '', '')
           for name, millions in PARAMETERS),
         ('here, one core', f'{report["parameters"] / 1e6:.2f}', f'{report["mebibytes"]:.2f}',
          f'{report["milliseconds"]:.1f}')),
        notes=('The paper, for one film: ' + ', '.join(
            f'{machine} {value:g} ms' for machine, value in TIMES[report['corpus']]) + '.',))
