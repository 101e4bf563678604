"""Published weights on this machine: where they lie, whether they are whole.  Uses no network.

Each set has a folder of its own, `<cache>/weights/<name>`, in which `checksums.json` records the
size and SHA-256 of every file as it was first seen there.
"""

from dataclasses import dataclass, replace
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from mer_ros.atomic_write import write_atomically
from mer_ros.models.weights.weights_table import ByHand, File, Trained, Weights, weights_called

CHECKSUMS = 'checksums.json'
"""The file in the folder of the weights that records what was first seen."""


class MissingWeights(FileNotFoundError):
    """Weights are not on this machine; the message says how to get them."""


class BrokenWeights(OSError):
    """A file of the weights is not what it should be; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a full check of one file found.

    ``state`` is ``whole``, ``recorded`` (whole as far as can be told: its checksum was not known,
    and is from now on), ``missing`` or ``broken``; ``expected`` and ``found`` tell the SHA-256 in
    hexadecimal and the size, as far as they are known.
    """

    path: Path
    state: str
    expected: str = ''
    found: str = ''


def cache_folder() -> Path:
    """Return the cache of the package: MER_ROS_CACHE, or mer_ros in the user's cache folder."""
    chosen = os.environ.get('MER_ROS_CACHE')
    if chosen:
        return Path(chosen).expanduser()
    users = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    return Path(users) / 'mer_ros'


def folder_of(name: str) -> Path:
    """Return the folder of the weights of this name, whether it exists or not."""
    return cache_folder() / 'weights' / name


def locate(name: str) -> Path:
    """Return the folder of the weights, or their file where there is only one.

    Looks at names and sizes only, so that a node starts at once; `verify` reads every byte.

    Raises:
        ValueError: no weights have this name.
        MissingWeights: files are not there; the message names the command that fetches them.
        BrokenWeights: a file has another size than it should have.
    """
    weights, folder = weights_called(name), folder_of(name)
    files = _files_there(weights)
    missing = [file.name for file in files if not (folder / file.name).is_file()]
    if missing:
        raise MissingWeights(
            f'the weights {name!r} are not on this machine ({", ".join(missing)} missing). '
            f'{how_to_get(weights)}')
    for file in files:
        expected, found = expected_of(file, folder)[0], (folder / file.name).stat().st_size
        if expected not in (None, found):
            raise BrokenWeights(
                f'{folder / file.name} has {found} bytes instead of {expected}; fetch it again '
                f'with `mer_ros models download {name}`')
    return folder / files[0].name if len(files) == 1 else folder


def _files_there(weights: Weights) -> tuple[File, ...]:
    """Return the files under the names that they have in the folder.

    A single file that was fetched by hand may have any name: its publisher's vary.
    """
    folder = folder_of(weights.name)
    if isinstance(weights.source, ByHand) and len(weights.files) == 1:
        file, = weights.files
        found = sorted(folder.glob(f'*{Path(file.name).suffix}'))
        if not (folder / file.name).is_file() and len(found) == 1:
            return (replace(file, name=found[0].name),)
    return weights.files


def how_to_get(weights: Weights) -> str:
    """Return a sentence that says how to bring the weights onto this machine."""
    names = ', '.join(file.name for file in weights.files)
    put = f'put {names} into {folder_of(weights.name)}'
    if isinstance(weights.source, Trained):
        return f'Nobody publishes them: train them with `{weights.source.command}`, and {put}'
    if isinstance(weights.source, ByHand):
        some = ' (a single file may have any name)' if len(weights.files) == 1 else ''
        return f'They can only be fetched by hand, from {weights.source.where}: {put}{some}'
    return f'Run `mer_ros models download {weights.name}`, or {put} (from {weights.source})'


def state(name: str) -> str:
    """Return ``present``, ``missing`` or ``broken`` (a wrong size), without reading the files."""
    try:
        locate(name)
    except MissingWeights:
        return 'missing'
    except BrokenWeights:
        return 'broken'
    return 'present'


def verify(name: str) -> list[Check]:
    """Read every file of the weights and hold it against its size and checksum.

    A checksum that was not known is recorded.
    """
    folder = folder_of(name)
    return [check(file, folder) for file in _files_there(weights_called(name))]


def check(file: File, folder: Path) -> Check:
    """Check one file in the folder of its weights; record its checksum if there was none."""
    path = folder / file.name
    if not path.is_file():
        return Check(path, 'missing', 'a file', 'nothing')
    size, sha256 = expected_of(file, folder)
    found_size, found = path.stat().st_size, sha256_of(path)
    if size not in (None, found_size) or sha256 not in (None, found):
        return Check(path, 'broken', f'{sha256 or "any SHA-256"} ({size or "any number of"} bytes)',
                     f'{found} ({found_size} bytes)')
    if sha256 is None:
        record(path, found)
        return Check(path, 'recorded')
    return Check(path, 'whole')


def expected_of(file: File, folder: Path) -> tuple[int | None, str | None]:
    """Return the size and SHA-256 that a file should have, as published or else as recorded."""
    seen = _recorded(folder).get(file.name, {})
    return file.size or seen.get('size'), file.sha256 or seen.get('sha256')


def record(path: Path, sha256: str) -> None:
    """Note the size and checksum of a file beside it."""
    known = _recorded(path.parent)
    known[path.name] = {'size': path.stat().st_size, 'sha256': sha256}
    write_atomically(path.parent / CHECKSUMS, json.dumps(known, indent=1, sort_keys=True) + '\n')


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    digest = hashlib.sha256()
    with path.open('rb') as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _recorded(folder: Path) -> dict[str, Any]:
    path = folder / CHECKSUMS
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(path.read_text(encoding='utf-8')))
    except (ValueError, TypeError) as error:
        raise BrokenWeights(
            f'{path} cannot be read ({error}); delete it to record the checksums anew') from error
