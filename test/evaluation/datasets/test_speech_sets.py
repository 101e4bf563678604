import numpy as np
import pytest

from mer_ros.evaluation.datasets.speech_sets import load, SPLITS


@pytest.mark.parametrize(('name', 'split', 'count', 'speakers'), [
    ('emodb', 'dev', 44, 1), ('emodb', 'test', 108, 2), ('ravdess', 'eval', 208, 4),
    ('cremad', 'sample', 10, 2), ('thorsten', 'sample', 5, 1)])
def test_loads_mono_waveforms_with_label_and_speaker(shared_data, name, split, count, speakers):
    samples = load(name, shared_data, split)
    assert samples.modality == 'speech'
    assert len(samples) == count
    assert len(set(samples.groups)) == speakers
    for waveform in samples.inputs:
        assert waveform.dtype == np.float32
        assert waveform.ndim == 1
        assert 0.5 * 16000 < len(waveform) < 12 * 16000
        assert 0.001 < np.abs(waveform).max() <= 1.1


def test_no_speaker_is_in_two_splits(shared_data):
    groups = [set(load('emodb', shared_data, split).groups) for split in SPLITS['emodb']]
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
