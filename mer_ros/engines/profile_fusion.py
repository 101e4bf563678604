"""How the fusion node of a profile fuses, for those who run without a node."""

from typing import Any

from mer_ros.data import nanoseconds
from mer_ros.engines.fusion_settings import BUILT_IN_VOICE_WITHIN, FusionSettings
from mer_ros.profiles import preset_of, settings_of
from mer_ros.window import WindowSettings


def _values(profile: str) -> dict[str, Any]:
    return dict(settings_of(profile).get('fusion_node', {}))


def fusion_of(profile: str, preset: str | None = None) -> FusionSettings:
    """Return how a profile fuses; None is the preset of the profile."""
    values = _values(profile)
    return FusionSettings(
        preset=preset or preset_of(profile),
        discount_quality=values.get('discount.quality', True),
        discount_age=values.get('discount.age', True),
        voice_within={name: values.get(f'{name}.voice_within', usual)
                      for name, usual in BUILT_IN_VOICE_WITHIN.items()})


def window_of(profile: str) -> WindowSettings:
    """Return how a profile gathers evidence."""
    values, default = _values(profile), WindowSettings()
    length = values.get('window.length')
    return WindowSettings(
        trigger=values.get('trigger', default.trigger),
        length=default.length if length is None else nanoseconds(length))
