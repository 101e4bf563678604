"""The demonstration: the real graph on recorded input, watched live, kept as a bag and a plot."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
import os
from pathlib import Path
import random
import re
import signal
import subprocess
import tempfile
from typing import TYPE_CHECKING

from ament_index_python.packages import get_package_prefix, get_package_share_directory
from rich.console import Console
from rich.live import Live
from rich.markup import escape

from mer_ros.bags import BagReader, BagWriter
from mer_ros.bags.bag_messages import to_message
from mer_ros.bags.choose_topics import choose_topics
from mer_ros.bags.convert import media_to_bag
from mer_ros.bags.reader import is_bag
from mer_ros.data import Emotion, Response
from mer_ros.evaluation.reports.state_view import state_panel, summary_table
from mer_ros.evaluation.reports.timeline import plot_timeline
from mer_ros.remarks import Remarks
from mer_ros.samples import SAMPLE_BAG

if TYPE_CHECKING:
    from mer_ros.nodes.watch.emotion_watch import EmotionWatch

_TOPICS = {'face': 'image', 'speech': 'audio', 'text': 'transcript'}
"""The topic on which the graph takes each modality; a bag's own names are mapped to these."""

_OF_A_BAG = re.compile(r'metadata\.yaml|emotion(_\d+)?\.(mcap|db3)')

READY_WITHIN = 60.0
QUIET_AFTER = 1.5
STOP_WITHIN = 10.0


def run_demo(
    source: str = '', *, output: Path, transcript: str = '', rate: float = 1.0,
    domain: int | None = None, topics: Mapping[str, str] | None = None,
) -> int:
    """Run the graph on an input and show what it perceives; return the exit status.

    Args:
        source: a bag, a video, audio or image file, 'camera' for a webcam, or '' for the sample.
        output: folder for the emotion bag and the timeline plot; what an earlier run left there
            is replaced.
        transcript: the words spoken in a media file.
        rate: recorded seconds that pass in a second.
        domain: the ROS domain to use; a random one when None, so that nothing else is disturbed.
        topics: topics of a bag by modality, see `choose_topics`.

    """
    os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    # A range keeps from looking for others, not from answering them; the profile does both.
    os.environ.setdefault('FASTRTPS_DEFAULT_PROFILES_FILE', str(
        Path(get_package_share_directory('mer_ros'), 'config', 'fastdds_loopback.xml')))
    os.environ['ROS_DOMAIN_ID'] = str(random.randint(1, 101) if domain is None else domain)
    console = Console()
    check_output(output / 'emotion')
    output.mkdir(parents=True, exist_ok=True)
    remarks = Remarks()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ['XDG_STATE_HOME'] = scratch  # a robot's switches are neither read nor set
        if source == 'camera':
            player, transport, clock = _node('camera'), 'raw', False
        else:
            bag = _as_bag(source, Path(scratch), transcript, remarks)
            remaps, transport = _remaps(bag, topics or {}, remarks)
            player = _node('replay', str(bag), '--ros-args', '-p', f'rate:={float(rate)}',
                             '-p', f'wait_for:={READY_WITHIN}', '-p', 'progress:=false',
                             *remaps)
            clock = True
        console.print(f'input [bold]{source or SAMPLE_BAG.name}[/], ROS domain '
                      f'{os.environ["ROS_DOMAIN_ID"]}, this machine only')
        states, counts, replies = _perceive(player, transport, clock, console)
    if not states:
        _tell(console, remarks)
        console.print('[bold red]nothing was perceived[/]: is there a face, a voice or a text?')
        return 1
    _keep(states, output)
    console.print(summary_table(states, counts=counts))
    _tell(console, remarks)
    console.print(f'emotion bag: {output / "emotion"}\ntimeline:    {output / "timeline.png"}')
    console.print(_closing_line(replies))
    return 0


def _tell(console: Console, remarks: Remarks) -> None:
    for line in remarks.lines():
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _as_bag(source: str, scratch: Path, transcript: str, remarks: Remarks) -> Path:
    path = Path(source) if source else SAMPLE_BAG
    if is_bag(path):
        return path
    media_to_bag(path, scratch / 'media', transcript=transcript, remarks=remarks)
    return scratch / 'media'


def _remaps(bag: Path, topics: Mapping[str, str], remarks: Remarks) -> tuple[list[str], str]:
    """Return the remapping arguments of the replay node, and the image transport in the bag.

    ``remarks`` are told of which topics are taken and which not, and of what is damaged.
    """
    with BagReader(bag) as reader:
        choice = choose_topics(reader, topics)
        notes = list(reader.notes)
    for line in (*choice.lines(), *notes):
        remarks.note(line)
    transport, remaps = 'raw', []
    for modality, topic in choice.taken.items():
        target = _TOPICS[modality]
        if topic.msgtype.endswith('CompressedImage'):
            target, transport = 'image/compressed', 'compressed'
        remaps += ['-r', f'{topic.name}:=/{target}']
    names = ', '.join(f"'{name}'" for name in choice.names.values())
    return ['-p', f'topics:=[{names}]', *remaps], transport


def _perceive(
    player: Sequence[str], transport: str, clock: bool, console: Console
) -> tuple[list[Emotion], dict[str, int], list[Response]]:
    graph = _node('bringup', '--ros-args', '--log-level', 'warn', '-p', f'use_sim_time:={clock}',
                    '-p', f'image_transport:={transport}', '-p', 'min_interval:=0.0')
    import rclpy

    from mer_ros.messages.conversions import read_or_none, response_from
    from mer_ros.msg import Response as ResponseMessage
    from mer_ros.nodes.watch.emotion_watch import EmotionWatch

    rclpy.init()
    try:
        watch = EmotionWatch()
        replies: deque[Response | None] = deque(maxlen=1)  # the last one is shown
        watch.create_subscription(
            ResponseMessage, 'response_details',
            lambda message: replies.append(
                read_or_none(response_from, message, watch.get_logger())), 10)
        with _process(graph) as perceiving:
            # Discovery may take seconds; what is played before it is lost.
            while not watch.is_connected and perceiving.poll() is None:
                rclpy.spin_once(watch, timeout_sec=0.1)
            if perceiving.poll() is not None:
                raise RuntimeError(f'the graph ended with status {perceiving.returncode}')
            with _process(player) as playing:
                _show(watch, playing, console)
        watch.destroy_node()
        said = [reply for reply in replies if reply is not None]
        return list(watch.states), watch.counts, said
    finally:
        rclpy.try_shutdown()


def _show(watch: EmotionWatch, playing: subprocess.Popen[bytes], console: Console) -> None:
    """Show what is perceived until the player has ended and no state comes any more."""
    import rclpy

    with Live(state_panel({}), console=console, refresh_per_second=10) as live:
        try:
            while playing.poll() is None or watch.seconds_quiet() < QUIET_AFTER:
                rclpy.spin_once(watch, timeout_sec=0.1)
                live.update(state_panel(watch.latest, counts=watch.counts))
        except KeyboardInterrupt:
            console.print('stopped')
    if playing.returncode:
        raise RuntimeError(f'the player ended with status {playing.returncode}')


def _closing_line(replies: Sequence[Response]) -> str:
    if not replies:
        return 'the robot would say nothing: it heard no words, and does not speak first'
    last = replies[-1]
    return (f'the robot would say: [bold]"{escape(last.text)}"[/]\n'
            f'  to {last.emotion.label} at {last.emotion.confidence:.2f}, conflict '
            f'{last.emotion.conflict:.2f}')


def _node(name: str, *arguments: str) -> list[str]:
    """Return the command that `ros2 run mer_ros NAME` would run."""
    return [f'{get_package_prefix("mer_ros")}/lib/mer_ros/{name}', *arguments]


@contextmanager
def _process(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command and end it politely; it shares our terminal but not our Ctrl-C."""
    process = subprocess.Popen(command, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def check_output(bag: Path) -> None:
    """Raise ValueError where a folder holds anything but a bag, which alone may be replaced."""
    if bag.is_symlink() or (bag.exists() and not bag.is_dir()):
        raise ValueError(f'{bag} is no folder; choose another one with --output')
    others = sorted(path.name for path in bag.iterdir()
                    if path.is_symlink() or not path.is_file() or not _OF_A_BAG.fullmatch(path.name)
                    ) if bag.exists() else []
    if others:
        raise ValueError(f'{bag} holds {", ".join(others[:5])}, which no demo has written, and '
                         f'stays as it is; choose another folder with --output')


def _keep(states: list[Emotion], output: Path) -> None:
    bag = output / 'emotion'
    check_output(bag)
    if bag.exists():
        for path in bag.iterdir():
            path.unlink()
        bag.rmdir()
    with BagWriter(bag) as writer:
        for state in states:
            writer.write('/emotion', to_message(state), state.stamp)
    plot_timeline(states, output / 'timeline.png')
