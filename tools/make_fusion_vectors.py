"""Make test/fusion/vectors.json: fused opinions, worked with exact fractions of plain Python.

Run from the root of the source tree: ``python tools/make_fusion_vectors.py``.  It shares no code
with the package.  Dempster's rule is worked the long way: every pair of focal sets is multiplied,
and what falls on the empty set is the conflict, so that the closed form of the package is checked
by another computation.
"""

from fractions import Fraction
from functools import reduce
import json
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / 'test' / 'fusion' / 'vectors.json'

Numbers = list[Fraction]
Mass = dict[frozenset[int], Fraction]

CASES: dict[str, dict[str, list[str] | None]] = {
    'two modalities agree and one does not': {
        'face': ['3.5', '-1.25', '0.5', '2', '-0.75', '0', '1.5'],
        'speech': ['2.25', '0.125', '-2', '1', '0', '-1', '0.5'],
        'text': ['-0.5', '0', '4', '-1.5', '0.25', '1', '-2']},
    'three modalities name three classes': {
        'face': ['6', '0', '0.5', '-1', '0', '0', '-3'],
        'speech': ['0', '5.5', '-0.5', '0', '1', '-2', '0'],
        'text': ['-1', '0', '7.25', '0', '0', '0.5', '0']},
    'nobody has evidence': {'face': ['0'] * 7, 'speech': ['0'] * 7, 'text': ['0'] * 7},
    'a modality is missing': {
        'face': ['1', '2', '3', '4', '5', '6', '7'], 'speech': None,
        'text': ['7', '6', '5', '4', '3', '2', '1']},
    'one modality alone': {
        'face': None, 'speech': ['0.1', '-0.2', '0.3', '-0.4', '0.5', '-0.6', '0.7'],
        'text': None},
    'nothing is there': {'face': None, 'speech': None, 'text': None},
    'two classes': {'face': ['1.5', '-1.5'], 'speech': ['-0.25', '0.75'], 'text': ['0', '0']},
    'evidence of very different strength': {
        'face': ['100000', '0', '1'], 'speech': ['0.00001', '0.00002', '0'],
        'text': ['12', '13', '11']},
}


def evidence_of(logits: dict[str, Numbers | None], reference: str) -> dict[str, Numbers]:
    """Return the evidence by modality: logits less the smallest, of all or of its own."""
    present = {name: row for name, row in logits.items() if row is not None}
    least = min((min(row) for row in present.values()), default=Fraction(0))
    return {name: [value - (least if reference == 'global' else min(row)) for value in row]
            for name, row in present.items()}


def mass_of(evidence: Numbers) -> Mass:
    """Return the mass of each class and, on the set of all, what is not known."""
    classes = len(evidence)
    strength = sum(evidence) + classes
    mass = {frozenset([k]): value / strength for k, value in enumerate(evidence)}
    whole = frozenset(range(classes))
    mass[whole] = mass.get(whole, Fraction(0)) + Fraction(classes) / strength
    return mass


def joint(one: Mass, other: Mass) -> tuple[Mass, Fraction]:
    """Return the unnormalised mass of every intersection, and what fell on the empty set."""
    found: Mass = {}
    conflict = Fraction(0)
    for first, share in one.items():
        for second, part in other.items():
            if first & second:
                found[first & second] = found.get(first & second, Fraction(0)) + share * part
            else:
                conflict += share * part
    return found, conflict


def dempster(one: Mass, other: Mass) -> Mass:
    """Return the normalised intersection."""
    found, conflict = joint(one, other)
    return {names: value / (1 - conflict) for names, value in found.items()}


def opinion_of(evidence: dict[str, Numbers], classes: int) -> dict[str, object]:
    """Return the fused opinion of a case."""
    whole = frozenset(range(classes))
    vacuous: Mass = {whole: Fraction(1)}
    masses = [mass_of(row) for row in evidence.values()]
    fused = reduce(dempster, masses, vacuous)
    agreed = reduce(lambda one, other: joint(one, other)[0], masses, vacuous)
    belief = [fused.get(frozenset([k]), Fraction(0)) for k in range(classes)]
    uncertainty = fused[whole]
    summed = [sum((row[k] for row in evidence.values()), Fraction(0)) for k in range(classes)]
    strength = sum(summed) + classes
    return {
        'belief': floats(belief), 'uncertainty': float(uncertainty),
        'alpha': floats([classes * share / uncertainty + 1 for share in belief]),
        'probability': floats([share + uncertainty / classes for share in belief]),
        'conflict': float(1 - sum(agreed.values())),
        'yager_belief': floats([agreed.get(frozenset([k]), Fraction(0)) for k in range(classes)]),
        'cumulative_belief': floats([value / strength for value in summed]),
    }


def floats(values: Numbers) -> list[float]:
    """Return the nearest float64 of each."""
    return [float(value) for value in values]


def main() -> None:
    """Write the file."""
    cases = []
    for title, rows in CASES.items():
        logits = {name: None if row is None else [Fraction(value) for value in row]
                  for name, row in rows.items()}
        classes = next((len(row) for row in rows.values() if row), 7)
        for reference in ('global', 'own'):
            evidence = evidence_of(logits, reference)
            cases.append({
                'title': title, 'classes': classes, 'reference': reference,
                'logits': {name: row and floats(row) for name, row in logits.items()},
                'per_modality': {name: opinion_of({name: row}, classes)['belief']
                                 for name, row in evidence.items()},
                'fused': opinion_of(evidence, classes)})
    lines = ',\n'.join(json.dumps(case) for case in cases)
    TARGET.write_text(f'[\n{lines}\n]\n', encoding='utf-8')
    print(f'{TARGET}: {len(cases)} cases')


if __name__ == '__main__':
    main()
