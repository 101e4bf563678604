"""Turn a media file into a bag that the graph can perceive."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from mer_ros.bags.inputs import BAG_START, write_input
from mer_ros.bags.writer import BagWriter
from mer_ros.data import AudioBlock, Words
from mer_ros.perception.media import read_media


def media_to_bag(
    media: str | Path, bag: str | Path, *, transcript: str = '', storage: str = 'mcap'
) -> dict[str, int]:
    """Write the images and the sound of a media file, and what is said in it, to a new bag.

    Args:
        media: a video, audio or image file.
        bag: the folder to make.
        transcript: the words that are spoken; they are stamped with the end of the file.
        storage: 'mcap' or 'sqlite3'.

    Returns:
        The number of messages written, by topic.

    Raises:
        BagError: the folder exists.
        FileNotFoundError: there is no such file.
        BadInput: the file cannot be decoded.
    """
    counts: Counter[str] = Counter()
    end = BAG_START
    items = read_media(media, start=BAG_START)
    with BagWriter(bag, storage=storage) as writer:
        for item in items:
            end = max(end, item.end if isinstance(item, AudioBlock) else item.stamp)
            counts[write_input(writer, item)] += 1
        if transcript.strip():
            words = Words(stamp=end, text=transcript.strip(), duration=end - BAG_START)
            counts[write_input(writer, words)] += 1
    return dict(counts)
