"""From the faces in a video to the one crop in a while that is worth judging."""

from typing import Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from mer_ros.data import NANOSECONDS, nanoseconds

RULES = ('probability', 'logit', 'magnitude', 'off')
"""How the frame of a window is chosen; see FrameSelector."""

BACKWARD = NANOSECONDS
"""A stream whose stamps go back further than this many nanoseconds starts afresh."""

LEVEL = np.radians(3.0)
"""A head tilted by less than this is not turned."""

Item = TypeVar('Item')


def crop(
    pixels: NDArray[np.uint8], box: ArrayLike, *, margin: float = 0.0
) -> NDArray[np.uint8]:
    """Cut a square around a box (left, top, right, bottom) out of an image (H, W, 3), as a copy.

    All in pixels.  The square has the centre of the box and its longer side, grown by ``margin``
    (a share of that side) all around: models resize to a square, which must not stretch a face.
    What lies beyond the border of the image repeats the border.  Raises ValueError for a box
    that is empty or not finite.
    """
    left, top, right, bottom = (float(edge) for edge in np.asarray(box, dtype=np.float64))
    if not (np.isfinite([left, top, right, bottom]).all() and left < right and top < bottom):
        raise ValueError(f'the box {(left, top, right, bottom)} cannot be cut out; needed are '
                         f'finite edges with left < right and top < bottom')
    side = max(1, round(max(right - left, bottom - top) * (1.0 + 2.0 * margin)))
    x, y = round((left + right - side) / 2), round((top + bottom - side) / 2)
    height, width = pixels.shape[:2]
    if x >= width or y >= height or x + side <= 0 or y + side <= 0:  # nothing of it is inside
        columns, rows = np.array([[x], [y]]) + np.arange(side)
        return pixels[np.ix_(np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1))]
    inside = pixels[max(y, 0):y + side, max(x, 0):x + side]
    return np.asarray(cv2.copyMakeBorder(
        inside, max(-y, 0), max(y + side - height, 0), max(-x, 0), max(x + side - width, 0),
        cv2.BORDER_REPLICATE), dtype=np.uint8)


def roll_of(landmarks: ArrayLike) -> float:
    """Return by how much a head is tilted, in radians: the slope of the line through the eyes.

    ``landmarks`` (5, 2) are those of `Faces`, in pixels; 0 where the eyes are not known.
    """
    left, right = np.asarray(landmarks, dtype=np.float64)[:2]
    across = right - left
    return float(np.arctan2(across[1], across[0])) if np.isfinite(across).all() else 0.0


def level_crop(
    pixels: NDArray[np.uint8], box: ArrayLike, landmarks: ArrayLike, *, margin: float = 0.0
) -> NDArray[np.uint8]:
    """Cut out a face as `crop` does, turned so that the eyes are level.

    Faces whose eyes are not known, or level within `LEVEL`, are cut as they are: turning costs
    sharpness.
    """
    roll = roll_of(landmarks)
    if abs(roll) <= LEVEL:
        return crop(pixels, box, margin=margin)
    left, top, right, bottom = np.asarray(box, dtype=np.float64)
    side = max(1, round(max(right - left, bottom - top) * (1.0 + 2.0 * margin)))
    cosine, sine = np.cos(roll), np.sin(roll)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    corner = np.array([left + right, top + bottom]) / 2 - turn @ np.full(2, (side - 1) / 2)
    return np.asarray(cv2.warpAffine(
        pixels, np.hstack([turn, corner[:, None]]), (side, side),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE),
        dtype=np.uint8)


def saliency(rule: str, logits: NDArray[np.float64]) -> float:
    """Return how salient the frame with these logits (n,) is, by a rule of RULES but ``off``."""
    if rule == 'magnitude':
        return float(np.abs(logits).max())
    if rule == 'logit':
        return float(logits.max())
    return float(1.0 / np.exp(logits - logits.max()).sum())


class EveryNth:
    """Takes the first frame of a stream and then every n-th (T in section 3.3.2).

    Of more than ``most`` a second those that come too early are passed over; 0 = no limit.  A
    frame may come half a period early, so that the jitter of a camera costs none.
    """

    def __init__(self, n: int, *, most: float = 0.0) -> None:
        if n < 1:
            raise ValueError(f'every {n}-th frame cannot be taken; the number must be at least 1')
        if not 0.0 <= most < 1e6:
            raise ValueError(f'{most} frames a second cannot be taken at most; the number must '
                             f'be 0 (no limit) or above')
        self._n = n
        self._period = nanoseconds(1.0 / most) if most else 0
        self._seen = 0
        self._newest = 0
        self._due = 0

    def takes(self, stamp: int) -> bool:
        """Count a frame; return whether to look at it.  A jump back in time restarts the count."""
        if stamp < self._newest - BACKWARD:
            self._seen, self._newest, self._due = 0, stamp, 0
        self._newest = max(self._newest, stamp)
        self._seen += 1
        if (self._seen - 1) % self._n or stamp < self._due - self._period // 2:
            return False
        self._due = max(self._due, stamp) + self._period
        return True


class FrameSelector(Generic[Item]):
    """Keeps the most salient candidate of each window of event time.

    Section 3.3.2 of the multimodal paper: of every T-th frame, keep argmax max(selector(frame)).
    The paper can be read as the highest probability (rule ``probability``, its prose), the
    largest raw score (``logit``, its formula where the selector gives raw scores) and the largest
    magnitude of a score (``magnitude``, its prose on logits, where a class that is ruled out
    counts as much as one that is found); ``off`` lets every candidate pass.  Windows of
    ``window`` seconds lie on a fixed grid of event time, so that the choice does not depend on
    when one started to look.  The earlier of equals is kept.
    """

    def __init__(self, rule: str = 'probability', *, window: float = 0.5) -> None:
        if rule not in RULES:
            raise ValueError(f'no selection rule is called {rule!r}; known: {list(RULES)}')
        if not window > 0.0:
            raise ValueError(f'a window of {window} s cannot be used; it must be above 0')
        self.rule = rule
        self.window = 0 if rule == 'off' else nanoseconds(window)
        self.reset()

    def reset(self) -> None:
        """Forget the stream."""
        self._index = -1
        self._best: tuple[float, Item] | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether no candidate waits for its window to end."""
        return self._best is None

    def advance(self, stamp: int) -> list[Item]:
        """Move on to the window of this stamp; return the best of the window that is over."""
        if self.window == 0 or stamp // self.window == self._index:
            return []
        done = self.flush()
        self._index = stamp // self.window
        return done

    def push(self, stamp: int, logits: NDArray[np.float64] | None, item: Item) -> list[Item]:
        """Take a candidate that is not late; return what is chosen by now.

        ``logits`` (n,) are the selector's; the rule ``off`` needs none.
        """
        if self.rule == 'off' or logits is None:
            return [item]
        done = self.advance(stamp)
        score = saliency(self.rule, logits)
        if self._best is None or score > self._best[0]:
            self._best = (score, item)
        return done

    def flush(self) -> list[Item]:
        """Return the best of the open window, if any, and close it."""
        done = [] if self._best is None else [self._best[1]]
        self._best = None
        return done
