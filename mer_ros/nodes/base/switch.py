"""The switch of a node: whoever was switched off stays off, even when the process is restarted."""

import os
from pathlib import Path

from mer_ros.atomic_write import write_atomically

STATES = {True: 'on\n', False: 'off\n'}


def state_folder() -> Path:
    """Return the folder of the package below $XDG_STATE_HOME; ~/.local/state where it is unset."""
    chosen = os.environ.get('XDG_STATE_HOME', '')
    # Without a home (a container's user who has no account) the path cannot be written, and that
    # is told; a relative one would lie in any folder the process was started in.
    home = Path(os.path.expanduser('~'))
    base = Path(chosen) if os.path.isabs(chosen) else Path('/', home, '.local', 'state')
    return base / 'mer_ros'


class Switch:
    """Whether a node perceives, kept in a file of its full name.

    A file that cannot be read or holds anything but `on` or `off` means off.  ``problem`` says,
    for the user, why the state was not read or is not kept; '' when all is well.

    Args:
        name: full name of the node, such as '/robot1/face_node'.
        default: applies where no state is kept.
    """

    def __init__(self, name: str, *, default: bool) -> None:
        # A name of ROS holds no dots, so that two nodes never share a file.
        self._path = state_folder() / 'switch' / name.strip('/').replace('/', '.')
        self.problem = ''
        self.is_on = self._read(default)

    def set(self, is_on: bool) -> None:
        """Switch on or off, and keep it for the next start."""
        self.is_on = is_on
        try:
            self._write(STATES[is_on])
            self.problem = ''
        except OSError as error:
            self.problem = f'the switch will be forgotten when the process ends: {error}'

    def _read(self, default: bool) -> bool:
        try:
            kept = self._path.read_bytes()
        except FileNotFoundError:
            return default
        except OSError as error:
            self.problem = f'switched off, since the switch cannot be read: {error}'
            return False
        if kept not in (state.encode() for state in STATES.values()):
            self.problem = (f'switched off, since {self._path} holds neither on nor off; call '
                            f'~/enable to set it')
        return kept == STATES[True].encode()

    def _write(self, state: str) -> None:
        state_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        write_atomically(self._path, state, mode=0o600)
