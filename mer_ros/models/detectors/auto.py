"""The face detector that runs where none was chosen."""

import logging

from mer_ros.models.detectors.blazeface import BlazeFaceDetector
from mer_ros.models.detectors.haar import HaarDetector

_LOG = logging.getLogger(__name__)


def auto_detector(*, min_face: int = 48, threads: int = 1) -> BlazeFaceDetector | HaarDetector:
    """Return BlazeFace, or the Haar cascade, with a warning, where BlazeFace cannot run.

    ``stands_in`` of the detector is the warning, '' for BlazeFace.  Raises ValueError for
    ``min_face`` below 1, FileNotFoundError where not even the cascade is installed.
    """
    try:
        return BlazeFaceDetector(min_face=min_face, threads=threads)
    except (FileNotFoundError, ImportError) as error:
        detector = HaarDetector(min_face=min_face)
        detector.stands_in = (f'the Haar cascade stands in for BlazeFace, and finds upright '
                              f'frontal faces only: {error}')
        _LOG.warning('%s', detector.stands_in)
        return detector
