"""Weights that ship are used only if no bit of them has changed."""

from pathlib import Path
import random
import subprocess
import sys

import pytest

from mer_ros.models import load_model, shipped
from mer_ros.models.session import open_session
from mer_ros.models.shipped import CHECKSUMS, checksums, read_shipped

FILES = sorted(checksums())


def test_the_checksums_are_those_of_the_source_tree(repository: Path) -> None:
    told = subprocess.run(
        [sys.executable, '-c', 'from write_checksums import checksums; print(checksums(), end="")'],
        cwd=repository / 'tools', text=True, capture_output=True, check=True).stdout
    assert CHECKSUMS.read_text() == told, 'run tools/write_checksums.py'


@pytest.mark.parametrize('file', FILES, ids=lambda file: file.name)
def test_every_flipped_bit_is_noticed(
        file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = file.read_bytes()
    copy = (tmp_path / file.name).resolve()
    monkeypatch.setattr(shipped, 'checksums', lambda: {copy: checksums()[file]})
    copy.write_bytes(whole)
    assert read_shipped(copy) == whole
    chance = random.Random(0)
    for place in (0, len(whole) - 1, *chance.choices(range(len(whole)), k=8)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.randrange(8)
        copy.write_bytes(flipped)
        with pytest.raises(ValueError, match='is not what was shipped'):
            read_shipped(copy)
    copy.write_bytes(whole[:-1])
    with pytest.raises(ValueError, match='reinstall mer_ros'):
        read_shipped(copy)


@pytest.mark.parametrize(('modality', 'name', 'file'), [
    ('face', 'lite', 'lite_face'), ('speech', 'lite', 'lite_speech_encoder'),
    ('speech', 'lite_statistics', 'lite_speech'), ('text', 'lite', 'lite_text')])
def test_the_built_in_models_are_checked_when_they_are_loaded(
        modality: str, name: str, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    original = Path.read_bytes

    def reading(path: Path) -> bytes:
        read.append(path.name)
        return original(path)

    monkeypatch.setattr(Path, 'read_bytes', reading)
    load_model(modality, name)
    assert f'{file}.onnx' in read


def test_other_models_are_opened_by_their_name(tmp_path: Path) -> None:
    own = tmp_path / 'own.onnx'
    own.write_bytes((shipped.PACKAGE / 'models/weights/lite_face.onnx').read_bytes())
    assert open_session(own).get_inputs()


def test_the_bytes_of_a_model_are_not_kept_beside_it() -> None:
    session = open_session(shipped.PACKAGE / 'models/weights/lite_face.onnx')
    assert not [kept for kept in vars(session).values() if isinstance(kept, bytes)]
