"""One fixed colour for each emotion, told apart by colour-blind people too."""

from mer_ros.emotions import UNKNOWN

_COLOURS = {
    'anger': '#D55E00',
    'disgust': '#009E73',
    'fear': '#CC79A7',
    'happiness': '#F0E442',
    'neutral': '#BBBBBB',
    'sadness': '#0072B2',
    'surprise': '#56B4E9',
    UNKNOWN: '#F2F2F2',
}
_SPARE = ('#E69F00', '#332288', '#882255', '#999933', '#44AA99')


def colour_of(label: str, labels: tuple[str, ...] = ()) -> str:
    """Return the colour of an emotion as '#RRGGBB'.

    The palette is that of Okabe and Ito (2008), "Color Universal Design".  A label of another
    taxonomy gets a spare colour by its place in ``labels``.
    """
    if label in _COLOURS:
        return _COLOURS[label]
    return _SPARE[labels.index(label) % len(_SPARE) if label in labels else 0]


def text_colour_on(colour: str) -> str:
    """Return 'black' or 'white', whichever can be read on a colour given as '#RRGGBB'."""
    red, green, blue = (int(colour[i:i + 2], 16) for i in (1, 3, 5))
    return 'black' if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else 'white'
