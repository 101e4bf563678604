"""Fusion of logits as they come: checks every choice, then fuses."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from numpy.typing import ArrayLike

from mer_ros.fusion.affine import Affine, read_calibration
from mer_ros.fusion.checks import LIMIT, POSITIVE, read_logits, read_named, read_option
from mer_ros.fusion.evidence import REFERENCED
from mer_ros.fusion.fuse_stack import fuse_stack, Method, Stack
from mer_ros.fusion.logspace import Floats
from mer_ros.fusion.one_window import fuse_plain
from mer_ros.fusion.opinion import Opinion
from mer_ros.fusion.presets import find_preset, Preset
from mer_ros.fusion.rules import Rule

Reference = str | float | Mapping[str, float]
"""Where evidence is zero: 'global', 'own', or a number, for all modalities or by name."""

PerModality = ArrayLike | Mapping[str, ArrayLike]
"""A number, or an array over the leading dimensions, for all modalities or by name."""


def fuse(
    logits: Mapping[str, ArrayLike | None],
    *,
    preset: str = 'calibrated',
    evidence: str | None = None,
    reference: Reference | None = None,
    temperature: PerModality | None = None,
    reliability: PerModality | None = None,
    rule: str | Rule | None = None,
    output_temperature: float | None = None,
    named: Mapping[str, ArrayLike] | None = None,
    calibration: Mapping[str, Affine] | None = None,
    doubt: bool = False,
    classes: int | None = None,
) -> Opinion:
    """Fuse the logits of several modalities into one opinion.

    The default of every keyword is the preset's.  Modality names are free; their order does not
    matter.  All work is done in float64.

    Args:
        logits: by modality, an array (..., K) of raw scores up to 1e300 in size, or None where it
            is missing.  Leading dimensions are a batch and broadcast.
        preset: paper (eqs. 1-12 of the paper), basic or calibrated; see `PRESETS`.
        evidence: map from logits l to evidence e >= 0: shift_min (l - reference, eq. 1), relu,
            softplus, exp, expm1 (K (exp(l - reference) - 1)), or given (l is evidence already).
        reference: zero of shift_min and expm1 (the other maps have none): global (the minimum
            over all that is present, eq. 1), own (of each modality), or a number in the unit of
            the logits, for all or by modality; what lies below it is no evidence.
        temperature: what the logits are divided by first, > 0; 1 for modalities not mentioned.
        reliability: Shafer discount in [0, 1]; 1 for modalities not mentioned.  An array over the
            leading dimensions masks a batch: where it is 0 the modality counts as missing.
        rule: a name in `RULES`, or a `Rule`.
        output_temperature: T > 0 of probability = softmax(log_scores / T).  Log-scores then
            count as log-likelihoods, so that reliability r makes of a modality's probability p
            the mixture r p + (1 - r) / K; belief and uncertainty are discounted as ever.
        named: by modality, a mask (K,), True where its model learned the class.  A modality
            neither supports nor opposes the others: their log-score is the mean of the named
            ones, and the values that stand there are ignored (but must be finite).
        calibration: by modality, weights (K, K) and bias (K,) of an affine map that its logits go
            through first, see `Affine`; the logits of the others stay as they are.
        doubt: with an output temperature, discount each modality's belief by its `sharpness` too,
            so that the uncertainty of a single modality is the chance that it is wrong, relative
            to a guess, and the fused belief by what the modalities lose because they disagree
            (`lost_certainty`).  Without it the uncertainty is that of the least likely class
            alone, and contradiction lowers it.
        classes: K; needed only when everything is None (then 7 by default).

    Returns:
        The fused opinion.  When everything is missing it is vacuous: p = 1 / K, u = 1.

    Raises:
        ValueError: something given is not allowed; the message says what, and what is.

    """
    defaults = find_preset(preset)
    plain = None if calibration else fuse_plain(
        logits, classes, defaults, evidence=evidence, reference=reference,
        temperature=temperature, reliability=reliability, rule=rule,
        output_temperature=output_temperature, named=named, doubt=doubt)
    if plain is not None:
        return plain
    used, missing, values = read_logits(logits, classes)
    leading, width = values.shape[1:-1], values.shape[-1]
    method = Method.of(
        defaults, evidence=evidence, rule=rule, output_temperature=output_temperature,
        calibration=read_calibration(calibration, logits, width), doubt=doubt)
    options = read_options(
        defaults, method, temperature=temperature, reliability=reliability, reference=reference,
        used=used, known=logits, leading=leading)
    mask = read_named(named, used, logits, values.ndim, width)
    return fuse_stack(Stack(used, missing, values, *options, mask), method)


class Options(NamedTuple):
    """What is chosen for each used modality; see `Stack`."""

    temperature: Floats
    reliability: Floats
    reference: str | Floats


def read_options(
    defaults: Preset, method: Method, *, temperature: PerModality | None,
    reliability: PerModality | None, reference: Reference | None,
    used: tuple[str, ...], known: Iterable[str], leading: tuple[int, ...] = (),
) -> Options:
    """Return the options of the used modalities, those of the preset where they are None.

    Raises ValueError for names that are not known and numbers out of range.
    """
    def read(name: str, given: Any, preset: Any, default: float | None,
             bounds: tuple[float, float]) -> Floats:
        return read_option(name, preset if given is None else given, default, bounds, used, known,
                           leading)

    level: Any = defaults.reference if reference is None else reference
    if method.evidence in REFERENCED and not isinstance(level, str):
        level = read('reference', level, None, None, (-LIMIT, LIMIT))
    return Options(read('temperature', temperature, defaults.temperature, 1.0, POSITIVE),
                   read('reliability', reliability, defaults.reliability, 1.0, (0.0, 1.0)), level)
