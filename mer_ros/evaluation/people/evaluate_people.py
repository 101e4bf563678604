"""What a robot company asks for: calm on calm people, commands and things that are nobody."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.profile_fusion import fusion_of
from mer_ros.evaluation.people.calm import calm_minutes, robot_faces
from mer_ros.evaluation.people.commands import command_alarms
from mer_ros.evaluation.people.strange import strange_inputs

PARTS: dict[str, Callable[..., Any]] = {
    'calm': calm_minutes, 'robot_faces': robot_faces, 'commands': command_alarms,
    'strange': lambda *arguments, **options: list(strange_inputs(*arguments, **options))}
"""The parts of the report by name."""


def evaluate_people(root: Path, *, profile: str = 'lite', preset: str | None = None
                    ) -> dict[str, Any]:
    """Measure what is shown of people and things that show no emotion.

    Args:
        root: the folder of the data sets; a part whose set is not there is named in ``skipped``.
        profile: the profile or name of the models.
        preset: of the fusion; None = that of the profile.

    Returns:
        ``calm``: shares of the time, and numbers a minute, by source and choice of sensors;
        ``robot_faces``: the same of face crops of a robot; ``commands``: false alarms by language
        and source; ``strange``: AUROC of u on what was not learned; ``skipped``: reasons by part.

    Raises:
        ValueError: no model or preset is called so.
        FileNotFoundError: no part has its data in the folder.
    """
    settings: FusionSettings = fusion_of(profile, preset)
    report: dict[str, Any] = {'people': Path(root).name, 'profile': profile,
                              'preset': settings.preset, 'skipped': {}}
    for name, measure in PARTS.items():
        try:
            report[name] = partial(measure, profile=profile, settings=settings)(Path(root))
        except FileNotFoundError as error:
            report['skipped'][name] = str(error)
    if len(report['skipped']) == len(PARTS):
        raise FileNotFoundError(f'{root} holds none of the sets: {report["skipped"]}')
    return report
