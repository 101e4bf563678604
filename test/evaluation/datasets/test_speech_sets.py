import csv

import numpy as np
import pytest
import soundfile

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.speech_sets import (
    load,
    read_speech,
    SETS,
    SPLITS,
    table_of,
    voice_votes,
)


@pytest.mark.parametrize(('name', 'split', 'count', 'speakers'), [
    ('emodb', 'dev', 44, 1), ('emodb', 'test', 108, 2), ('ravdess', 'eval', 208, 4),
    ('cremad', 'sample', 10, 2), ('thorsten', 'sample', 5, 1), ('crema_d_audio', 'dev', 818, 10),
    ('savee', 'eval', 360, 3), ('emovo', 'eval', 245, 5), ('iesc', 'eval', 277, 70),
    ('grid', 'test', 2, 2)])
def test_loads_mono_waveforms_with_label_and_speaker(shared_data, name, split, count, speakers):
    samples = load(name, shared_data, split)
    assert samples.modality == 'speech'
    assert len(samples) == count
    assert len(set(samples.groups)) == speakers
    for waveform in samples.inputs:
        assert waveform.dtype == np.float32
        assert waveform.ndim == 1
        assert 0.5 * 16000 < len(waveform) < 12 * 16000
        assert 0.001 < np.abs(waveform).max() <= 1.6  # opus overshoots


def test_the_votes_are_those_of_the_clips_in_the_same_order(shared_data):
    votes = voice_votes('crema_d_audio', shared_data, 'dev')
    assert votes.shape == (818, 7)
    assert np.sum(votes.sum(axis=1) < 4) <= 3  # broken files
    assert not votes[:, EMOTIONS.index('surprise')].any()
    labels = load('crema_d_audio', shared_data, 'dev').labels
    truth = np.array([EMOTIONS.index(label) for label in labels])
    assert 0.4 < np.mean(votes.argmax(axis=1) == truth) < 0.6


def test_a_set_nobody_voted_on_has_no_votes(shared_data):
    assert not voice_votes('emodb', shared_data, 'dev').any()


def test_an_opus_file_is_read_as_what_was_said_into_it(tmp_path):
    tone = (0.3 * np.sin(2 * np.pi * 200 * np.arange(16000) / 16000)).astype(np.float32)
    soundfile.write(tmp_path / 'a.opus', tone, 16000, format='OGG', subtype='OPUS')
    heard = read_speech(tmp_path / 'a.opus')
    assert heard.dtype == np.float32
    assert len(heard) == pytest.approx(16000, abs=400)
    spectrum = np.abs(np.fft.rfft(heard))
    assert spectrum.argmax() * 16000 / len(heard) == pytest.approx(200, abs=2)


@pytest.mark.parametrize('name', ['emodb', 'crema_d_audio'])
def test_no_speaker_is_in_two_splits(shared_data, name):
    with table_of(name, shared_data).open(newline='') as file:
        rows = list(csv.DictReader(file))
    groups = [{row[SETS[name].speaker] for row in rows if row['split'] == split}
              for split in SPLITS[name]]
    assert not groups[0] & groups[1]
    assert not groups[0] & groups[2]
    assert not groups[1] & groups[2]


def test_boredom_is_left_out(shared_data):
    assert len(load('emodb', shared_data, 'train')) == 245 - 41


def test_an_unknown_set_or_split_lists_the_known_ones(tmp_path):
    with pytest.raises(ValueError, match='emodb'):
        load('iemocap', tmp_path, 'test')
    with pytest.raises(ValueError, match='eval'):
        load('ravdess', tmp_path, 'train')


def test_a_missing_set_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match='emodb'):
        load('emodb', tmp_path, 'test')
