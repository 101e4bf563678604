"""Bags as robots record them.  The next kind is one more function."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from corpus.cases import Case, case
from mer_ros.bags import BagWriter
from mer_ros.bags.bag_messages import to_message
from mer_ros.bags.typestore import typestore
from mer_ros.data import AudioBlock, NANOSECONDS, Words

BAGS: list[Case] = []

START = 1_700_000_000 * NANOSECONDS

Topics = dict[str, list[Any]]


def message(kind: str, **fields: Any) -> Any:
    return typestore().types[kind](**fields)


def header(stamp: int) -> Any:
    time = message('builtin_interfaces/msg/Time', sec=stamp // NANOSECONDS,
                   nanosec=stamp % NANOSECONDS)
    return message('std_msgs/msg/Header', stamp=time, frame_id='')


def noise(height: int = 48, width: int = 64, channels: int = 3) -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (height, width, channels), dtype=np.uint8)


def image(encoding: str, pixels: NDArray[Any], stamp: int = START) -> Any:
    return message(
        'sensor_msgs/msg/Image', header=header(stamp), height=pixels.shape[0],
        width=pixels.shape[1], encoding=encoding, is_bigendian=0,
        step=pixels.nbytes // pixels.shape[0], data=np.frombuffer(pixels.tobytes(), np.uint8))


def compressed(form: str, data: bytes) -> Any:
    return message('sensor_msgs/msg/CompressedImage', header=header(START), format=form,
                   data=np.frombuffer(data, np.uint8))


def string(text: str) -> Any:
    return message('std_msgs/msg/String', data=text)


def words(stamp: int = START, text: str = 'I am so happy') -> Any:
    return to_message(Words(stamp, text))


def bag(path: Path, *, storage: str = 'mcap', **topics: list[Any]) -> Path:
    """Write a bag of the topics, `__` for a slash, a message each 0.1 s, and one with words."""
    with BagWriter(path, storage=storage) as writer:
        writer.write('/transcript', words(), START)
        for name, messages in topics.items():
            for index, one in enumerate(messages):
                writer.write(f'/{name.replace("__", "/")}', one, START + index * NANOSECONDS // 10)
    return path


@case(BAGS, r'not taken: /camera/depth: .*depth image')
def depth_beside_colour(folder: Path) -> Path:
    depth = image('16UC1', noise(channels=2).view(np.uint16))
    return bag(folder / 'bag', camera__depth=[depth] * 9, camera__color=[image('8UC3', noise())])


@case(BAGS, r'not taken: /depth/compressedDepth: .*depth image')
def compressed_depth_beside_jpeg(folder: Path) -> Path:
    jpeg = np.asarray(cv2.imencode('.jpg', noise())[1]).tobytes()
    return bag(folder / 'bag', depth__compressedDepth=[
        compressed('16UC1; compressedDepth png', b'12345')] * 9, color=[compressed('jpeg', jpeg)])


@case(BAGS, r'not taken: /robot_description: its name')
def urdf(folder: Path) -> Path:
    return bag(folder / 'bag', robot_description=[string('<robot name="r"><link/></robot>')])


@case(BAGS, r'not taken: /asr/json: ')
def json_chatter(folder: Path) -> Path:
    return bag(folder / 'bag', asr__json=[string('{"battery": 0.5}')] * 9)


@case(BAGS, r'1 x encoding: /camera: images of encoding .h264. are not understood',
      '--topic', 'face=/camera')
def unknown_encoding(folder: Path) -> Path:
    return bag(folder / 'bag', camera=[image('h264', noise())] * 3)


@case(BAGS, r'no_face: .*faces below \d+ px are not looked for in 64x48')
def grey_picture_in_upper_case(folder: Path) -> Path:
    return bag(folder / 'bag', camera=[
        image('MONO8', noise(channels=1), START + index * NANOSECONDS // 10)
        for index in range(10)])


@case(BAGS, r'no_face')
def bayer_of_a_machine_camera(folder: Path) -> Path:
    return bag(folder / 'bag', camera=[image('BayerRG8', noise(channels=1))])


@case(BAGS, r'1 x truncated: /camera: ', '--topic', 'face=/camera')
def image_with_too_few_bytes(folder: Path) -> Path:
    short = image('rgb8', noise())
    short.data = short.data[:100]
    return bag(folder / 'bag', camera=[short])


@case(BAGS, r'the stamps of /transcript are 3600\.0 s ahead')
def clock_an_hour_ahead(folder: Path) -> Path:
    with BagWriter(folder / 'bag') as writer:
        writer.write('/transcript', words(START + 3600 * NANOSECONDS), START)
    return folder / 'bag'


@case(BAGS, r'the stamps of /transcript .*count from a start')
def clock_since_boot(folder: Path) -> Path:
    with BagWriter(folder / 'bag') as writer:
        writer.write('/transcript', words(5 * NANOSECONDS), START)
    return folder / 'bag'


@case(BAGS, r'2 x unstamped: /transcript: the stamp is 0')
def stamps_that_were_never_set(folder: Path) -> Path:
    return bag(folder / 'bag', transcript=[words(0)] * 2)


@case(BAGS, r'1 x gap: sound is missing')
def sound_with_a_hole(folder: Path) -> Path:
    return bag(folder / 'bag', audio=[to_message(AudioBlock(
        START + second * NANOSECONDS, np.zeros((1600, 1), np.float32), 16000))
        for second in (0, 5)])


@case(BAGS, r'/mic: .*encoding .opus.')
def sound_that_is_compressed(folder: Path) -> Path:
    chunk = to_message(AudioBlock(START, np.zeros((160, 1), np.float32), 16000))
    chunk.encoding = 'opus'
    return bag(folder / 'bag', mic=[chunk])


@case(BAGS, r'1 x empty: ')
def words_without_letters(folder: Path) -> Path:
    return bag(folder / 'bag', transcript=[words(text=' ... ')])


@case(BAGS, r'has no metadata\.yaml')
def folder_of_a_killed_recorder(folder: Path) -> Path:
    path = bag(folder / 'bag')
    (path / 'metadata.yaml').unlink()
    return path


@case(BAGS, r'is not whole \(it breaks off')
def file_of_a_killed_recorder(folder: Path) -> Path:
    (file,) = bag(folder / 'bag').glob('*.mcap')
    raw = file.read_bytes()
    file.write_bytes(raw[:raw.index(b'serialized_metadata')])
    return file


@case(BAGS, r'ROS 1 bag; .*rosbags-convert')
def bag_of_ros_1(folder: Path) -> Path:
    (folder / 'old.bag').write_bytes(b'#ROSBAG V2.0\n')
    return folder / 'old.bag'


@case(BAGS, r'holds nothing that can be perceived')
def bag_without_a_message(folder: Path) -> Path:
    with BagWriter(folder / 'bag'):
        pass
    return folder / 'bag'


@case(BAGS, r'holds no bag')
def folder_without_a_bag(folder: Path) -> Path:
    return folder


@case(BAGS, r'happiness')
def bag_with_a_name_like_an_address(folder: Path) -> Path:
    path = bag(folder / 'bag', storage='sqlite3')
    (file,) = path.glob('*.db3')
    return file.rename(folder / 'file:a?b#c $x$ [red].db3')


@case(BAGS, r'happiness')
def person_with_an_odd_name(folder: Path) -> Path:
    return bag(folder / 'bag', transcript=[to_message(
        Words(START, 'I am so happy', person_id='[bold]$\\frac$\x1b[2J'))])


@case(BAGS, r'metadata\.yaml does not fit the files \(Could not load YAML')
def bag_with_broken_metadata(folder: Path) -> Path:
    path = bag(folder / 'bag')
    (path / 'metadata.yaml').write_text('a: [b')
    return path


@case(BAGS, r'metadata\.yaml does not fit the files \(Some database files are missing')
def bag_of_which_a_file_is_missing(folder: Path) -> Path:
    path = bag(folder / 'bag')
    metadata = path / 'metadata.yaml'
    metadata.write_text(metadata.read_text().replace('bag.mcap', 'bag_0.mcap'))
    return path
