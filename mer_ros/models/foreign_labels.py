"""The class names of foreign models, in our words."""

from collections.abc import Collection, Sequence

from mer_ros.emotions import ALIASES, check_labels, emotion_of


def translate(
    names: Sequence[str], *, dropped: Collection[str] = ()
) -> tuple[tuple[str, ...], list[int]]:
    """Return the emotions that a model's class names mean, and the columns they stand in.

    Classes whose names (in lower case) are in ``dropped`` are left out.

    Raises:
        ValueError: another name means none of the emotions, or two mean the same one.  Nothing
            is mapped by position or by guess.
    """
    meanings = {column: emotion_of(name) for column, name in enumerate(names)
                if name.strip().lower() not in dropped}
    unknown = [names[column] for column, emotion in meanings.items() if emotion is None]
    if unknown:
        allowed = [alias for aliases in ALIASES.values() for alias in aliases]
        raise ValueError(f'the classes {unknown} of the model are none of the emotions; it has '
                         f'{list(names)}, known are {allowed}')
    return check_labels([str(emotion) for emotion in meanings.values()]), list(meanings)
