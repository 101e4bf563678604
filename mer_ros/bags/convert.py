"""Turn a media file into a bag that the graph can perceive."""

from collections import Counter
from pathlib import Path

from mer_ros.bags.input_bag import BAG_START, write_input
from mer_ros.bags.writer import BagWriter
from mer_ros.perception.media import read_media, with_transcript
from mer_ros.remarks import Remarks


def media_to_bag(
    media: str | Path, bag: str | Path, *, transcript: str = '', storage: str = 'mcap',
    remarks: Remarks | None = None,
) -> dict[str, int]:
    """Write the images and the sound of a media file, and what is said in it, to a new bag.

    Args:
        media: a video, audio or image file.
        bag: the folder to make.
        transcript: the words that are spoken; they are stamped with the end of the file.
        storage: 'mcap' or 'sqlite3'.
        remarks: is told what of the file is damaged; the log is where None.

    Returns:
        The number of messages written, by topic.

    Raises:
        BagError: the folder exists.
        FileNotFoundError: there is no such file.
        BadInput: the file cannot be decoded.
    """
    counts: Counter[str] = Counter()
    items = with_transcript(
        read_media(media, start=BAG_START, remarks=remarks), transcript, start=BAG_START)
    with BagWriter(bag, storage=storage) as writer:
        for item in items:
            counts[write_input(writer, item)] += 1
    return dict(counts)
