"""Fetching published weights; the only part of the package that uses the network."""

from collections.abc import Callable
import os
from pathlib import Path
import re
import shutil
import urllib.request

from mer_ros import __version__
from mer_ros.models.weights.weights_cache import (
    BrokenWeights,
    check,
    CHECKSUMS,
    expected_of,
    folder_of,
    how_to_get,
    MissingWeights,
    record,
    sha256_of,
)
from mer_ros.models.weights.weights_table import ByHand, File, Hub, Site, Trained, weights_called

TIMEOUT_S = 30.0
"""Seconds without a byte after which a server is given up."""

Progress = Callable[[str, int, 'int | None'], None]
"""Is told the name of a file, how many of its bytes have come, and how many there are."""


class Offline(RuntimeError):
    """Something would have to be fetched, and the network is switched off."""


def is_offline() -> bool:
    """Return whether MER_ROS_OFFLINE or HF_HUB_OFFLINE forbids the network."""
    return any(os.environ.get(name, '').lower() in ('1', 'true', 'yes', 'on')
               for name in ('MER_ROS_OFFLINE', 'HF_HUB_OFFLINE'))


def download(
    name: str, *, offline: bool = False, progress: Progress = lambda name, done, size: None
) -> list[Path]:
    """Fetch those files of the weights that are missing or broken; return what was fetched.

    A file appears in the folder of the weights only when it is whole: it is received beside it
    and checked first.  What the publisher states (the table, or the hub) is what it is checked
    against, or else what was first fetched; the checksum of a first download is recorded.

    Raises:
        ValueError: no weights have this name.
        Offline: the network is switched off, by the argument or the environment.
        MissingWeights: these weights can only be fetched by hand; the message says from where.
        BrokenWeights: what came is not what was stated; nothing of it is kept.
        ConnectionError: the server cannot be reached, refused, or stopped half-way.
    """
    weights, folder = weights_called(name), folder_of(name)
    wanted = [file for file in weights.files
              if check(file, folder).state not in ('whole', 'recorded')]
    if not wanted:
        return []
    if isinstance(weights.source, ByHand | Trained):
        raise MissingWeights(f'the weights {name!r} are not here. {how_to_get(weights)}')
    if offline or is_offline():
        raise Offline(
            f'the weights {name!r} would have to be fetched, but the network is switched off '
            f'(--offline, MER_ROS_OFFLINE or HF_HUB_OFFLINE). {how_to_get(weights)}')
    staging = folder.with_name(f'.{name}')
    staging.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    fetched = [_fetch(weights.source, file, staging, folder, progress) for file in wanted]
    shutil.rmtree(staging)
    return fetched


def _fetch(
    source: Hub | Site, file: File, staging: Path, folder: Path, progress: Progress
) -> Path:
    if isinstance(source, Hub):
        received, stated = _from_hub(source, file, staging)
    else:
        received, stated = _from_site(source, file, staging, progress), None
    found, size = sha256_of(received), received.stat().st_size
    known_size, known = expected_of(file, folder)
    expected = known or stated
    if expected not in (None, found) or known_size not in (None, size):
        received.unlink()
        raise BrokenWeights(
            f'{file.name} of {source} came with {size} bytes and SHA-256 {found}; expected '
            f'{known_size or "any number of"} bytes and {expected or "any sum"}. It was not kept. '
            f'If its publisher replaced it and you trust that, delete {folder / CHECKSUMS}')
    received.replace(folder / file.name)
    record(folder / file.name, found)
    return folder / file.name


def _from_hub(hub: Hub, file: File, staging: Path) -> tuple[Path, str | None]:
    """Fetch from the hub, which resumes what was interrupted; also return the stated SHA-256."""
    try:
        from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url
        from huggingface_hub.errors import HTTPError
    except ImportError as error:
        raise ImportError(
            f'{error}; fetching {hub} needs it: pip install huggingface_hub') from error
    endpoint = os.environ.get('HF_ENDPOINT') or None
    try:
        stated = get_hf_file_metadata(
            hf_hub_url(hub.repo, file.name, revision=hub.revision, endpoint=endpoint))
        path = hf_hub_download(hub.repo, file.name, revision=hub.revision, local_dir=staging,
                               endpoint=endpoint)
    except (OSError, HTTPError) as error:
        raise ConnectionError(f'{file.name} cannot be fetched from {hub}: {error}') from error
    # The hub names large files by their SHA-256, and small ones by something else.
    tag = stated.etag or ''
    return Path(path), tag if re.fullmatch('[0-9a-f]{64}', tag) else None


def _from_site(site: Site, file: File, staging: Path, progress: Progress) -> Path:
    url, path = f'{site.url}/{file.name}', staging / file.name
    request = urllib.request.Request(url, headers={'User-Agent': f'mer_ros/{__version__}'})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer, path.open('wb') as out:
            length = answer.headers.get('Content-Length')
            size = int(length) if length else file.size
            done = 0
            while block := answer.read(1 << 18):
                out.write(block)
                done += len(block)
                progress(file.name, done, size)
    except OSError as error:
        raise ConnectionError(f'{url} cannot be fetched: {error}') from error
    if size not in (None, done):
        raise ConnectionError(f'{url} stopped after {done} of {size} bytes; try again')
    return path
