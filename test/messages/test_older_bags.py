"""Bags that were recorded before messages had all of their fields."""

from pathlib import Path
from typing import Any

import numpy as np
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import get_types_from_msg, get_typestore, Stores

from mer_ros.bags import BagReader
from mer_ros.bags.bag_messages import to_message
from mer_ros.bags.typestore import typestore
from mer_ros.data import Circumplex, Emotion, Logits, ModalityOpinion, NANOSECONDS
from mer_ros.messages.conversions import emotion_from, logits_from
from mer_ros.share import shared

STAMP = 1_700_000_000 * NANOSECONDS
NEWER = ('doubts', 'saliency', 'certain_conflict', 'prediction_set', 'prediction_set_coverage',
         'present', 'circumplex', 'circumplex_deviation', 'valence_deviation',
         'arousal_deviation')
"""The fields that the first version did not have."""


def older_store() -> Any:
    """Return the messages of the first version."""
    store = get_typestore(Stores.ROS2_JAZZY)
    types = {}
    for name in ('ModalityLogits', 'ModalityOpinion', 'EmotionState'):
        lines = (shared('msg') / f'{name}.msg').read_text(encoding='utf-8').splitlines()
        text = '\n'.join(line for line in lines if not line.endswith(
            tuple(f' {field}' for field in NEWER)) or line.startswith('#'))
        types.update(get_types_from_msg(text, f'mer_ros/msg/{name}'))
    store.register(types)
    return store


def without_newer(item: Any, store: Any) -> Any:
    """Return a message as the first version made it."""
    if isinstance(item, list):
        return [without_newer(one, store) for one in item]
    name = getattr(item, '__msgtype__', None)
    if name is None:
        return item
    return store.types[name](**{
        field: without_newer(getattr(item, field), store)
        for field, _ in store.fielddefs[name][1]})


def write_older(path: Path) -> Path:
    """Write a bag as the first version did: logits, then a state."""
    store = older_store()
    half = np.full(2, 0.5)
    items = [
        Logits(STAMP, 'face', ('a', 'b'), half, 'ada', 'lite', quality=0.5, doubts=('dark',),
               saliency=0.75, circumplex=Circumplex(0.5, 0.5, 0.1, 0.1)),
        Emotion(STAMP, STAMP, 'ada', 'a', 0.5, 0.5, 0.25, ('a', 'b'), half / 2, half, half + 1,
                modalities=(ModalityOpinion('face', 'lite', half / 2, 0.5, half, 0, 1.0, ('x',)),),
                certain_conflict=0.5, prediction_set=('a',), prediction_set_coverage=0.9)]
    with Writer(path, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        for item in items:
            message = without_newer(to_message(item), store)
            connection = writer.add_connection('/x', message.__msgtype__, typestore=store)
            writer.write(connection, STAMP,
                         store.serialize_cdr(message, message.__msgtype__))
    return path


def test_bags_of_the_first_version_are_read_as_if_nobody_doubted(tmp_path: Path) -> None:
    with BagReader(write_older(tmp_path / 'bag')) as bag:
        assert bag.redefines('mer_ros/msg/ModalityLogits')
        (_, first), (_, second) = bag.decoded()
    assert not hasattr(first, 'doubts')
    logits, state = logits_from(first), emotion_from(second)
    assert (logits.quality, logits.doubts, logits.saliency) == (0.5, (), 0.0)
    assert logits.circumplex is None
    assert np.isnan(state.valence_deviation)
    assert (state.conflict, state.certain_conflict, state.prediction_set) == (0.25, 0.0, ())
    assert state.modalities[0].doubts == ()


def test_messages_of_the_first_version_are_renewed_to_be_replayed(tmp_path: Path) -> None:
    path = write_older(tmp_path / 'bag')
    with BagReader(path) as bag:
        assert bag.is_outdated('mer_ros/msg/EmotionState')
        first, second = (typestore().deserialize_cdr(bag.renewed(message), message.msgtype)
                         for message in bag.messages())
    logits, state = logits_from(first), emotion_from(second)
    assert (list(first.doubts), logits.quality, logits.labels) == ([], 0.5, ('a', 'b'))
    assert logits.circumplex is None
    assert np.isnan(state.valence_deviation)
    assert (state.label, state.conflict, state.prediction_set) == ('a', 0.25, ())
    assert (state.modalities[0].weight, state.modalities[0].doubts) == (1.0, ())


def test_another_definition_is_no_older_one(tmp_path: Path) -> None:
    with Writer(tmp_path / 'bag', version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        for name, text in (('Transcript', 'uint32 words\n'), ('ActiveSpeaker', '')):
            connection = writer.add_connection(
                f'/{name}', f'mer_ros/msg/{name}', msgdef=text or 'bool person_id\n',
                rihs01='RIHS01_0')
            writer.write(connection, 1, b'\x00\x01\x00\x00\x00\x00\x00\x00')
    with BagReader(tmp_path / 'bag') as bag:
        for name in ('Transcript', 'ActiveSpeaker'):
            assert bag.redefines(f'mer_ros/msg/{name}')
            assert not bag.is_outdated(f'mer_ros/msg/{name}')
