"""One stream of sound messages, read block by block."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mer_ros.data import AudioBlock, BadInput, check_stamp, NANOSECONDS, SAMPLE_RATE
from mer_ros.messages.adapters import arrived, AUDIO_TYPES, PORTAUDIO, RawFormat
from mer_ros.messages.border import name_of, to_nanoseconds
from mer_ros.perception.compressed import StreamLook
from mer_ros.perception.sound import check_sound, ENCODINGS, PcmDecoder


def parse_format(text: str) -> dict[str, Any]:
    """Read what bytes are, such as ``rate=48000,channels=2,encoding=pcm_s16le``; any part of it.

    Raises ValueError that says what is allowed.
    """
    found: dict[str, Any] = {}
    for part in filter(None, text.split(',')):
        name, _, value = part.partition('=')
        if name == 'encoding' and value in ENCODINGS:
            found[name] = value
        elif name in _NUMBERS and value.isdecimal():
            found[_NUMBERS[name]] = int(value)
        else:
            raise ValueError(f'{part!r} says nothing of sound; needed is '
                             f'rate=HZ,channels=N,encoding=E or a part of it, E one of '
                             f'{list(ENCODINGS)}')
    check_sound(found.get('channels', 1), found.get('sample_rate', SAMPLE_RATE))
    return found


_NUMBERS = {'rate': 'sample_rate', 'channels': 'channels'}


class SoundReader:
    """Turns the messages of one stream into blocks of samples.

    Bytes that do not describe themselves mean what the user said (``given``), else what the
    driver said (`inform`), else what RawFormat says.  Whether they are compressed is decided once
    for the stream.  A frame that two messages share is put together; a refused message leaves
    the stream aligned.

    Args:
        given: fields of RawFormat by name, as far as the user set them.

    """

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        self._given = dict(given or {})
        self._informed: dict[str, Any] = {}
        self.forget()

    def forget(self) -> None:
        """Drop half a frame that is held; another stream may follow."""
        self._decoder = PcmDecoder()
        self._look = StreamLook()

    @property
    def raw(self) -> RawFormat:
        """What bytes mean whose message does not say it."""
        return replace(RawFormat(), **{**self._informed, **self._given})

    def inform(self, info: Any) -> None:
        """Take in what a driver says about its sound: an AudioInfo of either audio_common_msgs."""
        if hasattr(info, 'coding_format'):
            said = {'sample_rate': int(info.sample_rate), 'channels': int(info.channels),
                    'encoding': info.sample_format, 'coding': info.coding_format.strip().lower()}
        else:
            known = PORTAUDIO.get(info.format)
            said = {'sample_rate': int(info.rate), 'channels': int(info.channels),
                    'encoding': known.encoding if known else ''}
        self._informed = {name: value for name, value in said.items() if value}

    def read(self, message: Any, *, kind: str = 'mer_ros/msg/AudioChunk', arrival: int = 0
             ) -> AudioBlock:
        """Read a message of the type ``kind``, a key of AUDIO_TYPES.

        ``arrival`` is the time in nanoseconds at which it came, for messages without a stamp.

        Raises:
            BadInput: as PcmDecoder does, and ``unstamped``, ``no_time``, ``time``, ``text``,
                ``fields``.
        """
        raw = self.raw
        pcm = AUDIO_TYPES[kind](message, raw)
        if pcm.bare:
            self._refuse_compressed(pcm.data, raw)
        samples = self._decoder.decode(encoding=pcm.encoding, channels=pcm.channels,
                                       sample_rate=pcm.sample_rate, data=pcm.data)
        # The bytes were taken before, so that a time that cannot be used leaves them aligned.
        stamp = arrived(arrival) if pcm.time is None else to_nanoseconds(pcm.time)
        check_stamp(stamp)
        length = len(samples) * NANOSECONDS // pcm.sample_rate if pcm.ends else 0
        return AudioBlock(
            stamp=stamp - length, samples=samples, sample_rate=pcm.sample_rate,
            frame_id=name_of(pcm.frame_id, 'frame_id'), arrived=pcm.time is None)

    def _refuse_compressed(self, data: bytes, raw: RawFormat) -> None:
        """Raise BadInput (``encoding``) where the driver says, or the bytes show, no PCM."""
        if raw.coding in PLAIN_CODINGS:
            return
        name = raw.coding or self._look.at(data)
        if name:
            raise BadInput('encoding', (
                f'the sound is compressed ({name}); uncompressed sound is needed: start '
                f'audio_capture with format:=wave'))


PLAIN_CODINGS = ('wave', 'wav', 'pcm', 'raw')
"""What AudioInfo calls sound that is not compressed."""
