"""The types of other packages that are read, for bags that do not define them.

Humble's sqlite3 bags hold no definitions.  Where a type has several, of two packages with one
name or of two releases, the bytes of a message tell which is meant: only its own takes them all.
"""

from __future__ import annotations

from functools import cache

from rosbags.typesys import get_types_from_msg, get_typestore, Stores
from rosbags.typesys.store import Typestore

_HEADER = 'std_msgs/Header header'

_AUDIO_FRAME = (_HEADER, 'string format', 'uint32 channel_count', 'uint32 sampling_frequency',
                'uint32 frame_sample_count', 'uint8[] data')

_LIVE_SPEECH = (_HEADER, 'string incremental', 'string final', 'float64 confidence')

_RELEASES: tuple[dict[str, tuple[str, ...]], ...] = (
    {
        # ros-drivers
        'audio_common_msgs/msg/AudioData': ('uint8[] data',),
        'audio_common_msgs/msg/AudioDataStamped': (_HEADER, 'audio_common_msgs/AudioData audio'),
        'audio_common_msgs/msg/AudioInfo': (
            'uint8 channels', 'uint32 sample_rate', 'string sample_format', 'uint32 bitrate',
            'string coding_format'),
        'audio_utils/msg/AudioFrame': _AUDIO_FRAME,
        'audio_utils_msgs/msg/AudioFrame': _AUDIO_FRAME,
        'foxglove_msgs/msg/RawAudio': (
            'builtin_interfaces/Time timestamp', 'uint8[] data', 'string format',
            'uint32 sample_rate', 'uint32 number_of_channels'),
        'hri_msgs/msg/LiveSpeech': (*_LIVE_SPEECH, 'string language'),
        'whisper_msgs/msg/Transcription': (
            'string text', 'float32 audio_time', 'float32 transcription_time'),
    },
    {
        # mgonzs13
        'audio_common_msgs/msg/AudioData': (
            'float32[] float32_data', 'int32[] int32_data', 'int16[] int16_data',
            'int8[] int8_data', 'uint8[] uint8_data'),
        'audio_common_msgs/msg/AudioInfo': (
            'int32 format', 'int32 channels', 'int32 rate', 'int32 chunk'),
        'audio_common_msgs/msg/Audio': (
            'audio_common_msgs/AudioData audio_data', 'audio_common_msgs/AudioInfo info'),
        'audio_common_msgs/msg/AudioStamped': (_HEADER, 'audio_common_msgs/Audio audio'),
        'hri_msgs/msg/LiveSpeech': _LIVE_SPEECH,
    },
)
"""Fields by type; what may stand in one process at a time stands together."""


def stores_of(msgtype: str) -> tuple[Typestore, ...]:
    """Return the stores that know a type, each with another definition; none where nobody does."""
    return tuple(store for store in _stores() if msgtype in store.fielddefs)


@cache
def _stores() -> tuple[Typestore, ...]:
    return tuple(_store(release) for release in _RELEASES)


def _store(release: dict[str, tuple[str, ...]]) -> Typestore:
    store = get_typestore(Stores.ROS2_JAZZY)
    definitions = {}
    for name, lines in release.items():
        definitions.update(get_types_from_msg('\n'.join(lines), name))
    store.register(definitions)
    return store
