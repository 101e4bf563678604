"""Files that are whole or not there, whenever the power goes or the disk is full."""

from collections.abc import Iterable
from contextlib import suppress
import os
from pathlib import Path
import secrets

DRAFT = '.draft'
"""How the name of a file ends that is being written."""


def write_atomically(
    path: Path | str, content: bytes | str | Iterable[str], *, mode: int = 0o666,
    folder: int | None = None,
) -> None:
    """Write a file beside its place, then put it there in one step; text is UTF-8.

    Args:
        path: where; what is there already stays as it is until the new content is on the disk.
        content: of the file, or its parts one after the other, of which none is kept.
        mode: permissions, less the umask.
        folder: descriptor of the folder that ``path`` is relative to; no link is followed in it.

    Raises:
        OSError: it cannot be written; the message names the file, and nothing has changed.
    """
    head, name = os.path.split(path)
    draft = os.path.join(head, f'.{name}.{secrets.token_hex(4)}{DRAFT}')
    parts = [content] if isinstance(content, (bytes, str)) else content
    try:
        opened = os.open(
            draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode, dir_fd=folder)
        try:
            with open(opened, 'wb') as file:
                for part in parts:
                    file.write(part.encode() if isinstance(part, str) else part)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with suppress(OSError):
                os.unlink(draft, dir_fd=folder)
            raise
    except OSError as error:
        raise OSError(error.errno, f'{error.strerror}; nothing was changed', str(path)) from error
