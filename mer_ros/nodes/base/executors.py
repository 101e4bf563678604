"""The executors of rclpy by name, and the argument that chooses one."""

from collections.abc import Callable, Sequence
from typing import Any

from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor


def _events(context: Context | None = None) -> Any:
    try:
        from rclpy.experimental import EventsExecutor
    except ImportError as error:
        raise ValueError('executor:=events needs an rclpy with rclpy.experimental.EventsExecutor, '
                         'which this one lacks; allowed here: executor:=single') from error
    return EventsExecutor(context=context)


def _auto(context: Context | None = None) -> Any:
    try:
        return _events(context)
    except ValueError:
        return SingleThreadedExecutor(context=context)


EXECUTORS: dict[str, Callable[..., Any]] = {
    'auto': _auto, 'single': SingleThreadedExecutor, 'events': _events}
"""Each makes an executor of a ``context`` or of the default one; the first is the default.

``events`` needs less than half of the processor's time, since it does not gather all that could be
waited for anew at each message.  It raises ValueError where rclpy has none; ``auto`` takes
``single`` then.  rclpy calls it experimental; `guarded_node` keeps away from it what would end a
node.
"""

_ARGUMENT = 'executor:='


def take_executor(words: Sequence[str]) -> tuple[str, list[str]]:
    """Return which executor is asked for, and the words of the command line without the argument.

    ``executor:=NAME`` may stand before ``--ros-args``, where it would rename a topic.  Raises
    ValueError for a name that is not in EXECUTORS.
    """
    own = words.index('--ros-args') if '--ros-args' in words else len(words)
    chosen, rest = next(iter(EXECUTORS)), list(words[own:])
    left = []
    for word in words[:own]:
        if word.startswith(_ARGUMENT):
            chosen = word.removeprefix(_ARGUMENT)
        else:
            left.append(word)
    if chosen not in EXECUTORS:
        raise ValueError(f'{_ARGUMENT}{chosen} is not understood; known: '
                         f'{_ARGUMENT}{"|".join(EXECUTORS)}')
    return chosen, [*left, *rest]
