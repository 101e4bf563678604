"""The built-in speech classifier that runs where none was chosen."""

import logging
from pathlib import Path

from mer_ros.models.session import WEIGHTS
from mer_ros.models.speech.lite_speech import LiteSpeech

_LOG = logging.getLogger(__name__)


def lite_speech(*, path: Path | str | None = None, threads: int = 1) -> LiteSpeech:
    """Return the classifier of a file; None is the built-in one that hears through an encoder.

    Where the network of the encoder is not installed, the one that knows statistics alone stands
    in, with a warning, which ``stands_in`` holds.  Raises what `LiteSpeech` does of the file.
    """
    if path is not None:
        return LiteSpeech(path=path, threads=threads)
    try:
        return LiteSpeech(path=WEIGHTS / 'lite_speech_encoder.onnx', threads=threads)
    except FileNotFoundError as error:
        model = LiteSpeech(threads=threads)
        model.stands_in = (f'statistics alone stand in for the voice encoder, and are right less '
                           f'often: {error}')
        _LOG.warning('%s', model.stands_in)
        return model
