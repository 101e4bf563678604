"""The parameters by which a node chooses its models, and how they reach the constructors."""

from collections.abc import Collection, Mapping
from inspect import signature
from pathlib import Path
from typing import Any, NamedTuple

from mer_ros.models import find_part
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.registry import Registry

DEVICE = Parameter(
    name='device', default='auto', choices=('auto', 'cpu', 'cuda'),
    description='compute device; auto = GPU if available and supported by the model, cuda = '
                'error without a GPU')
DTYPE = Parameter(
    name='dtype', default='auto', choices=('auto', 'fp32', 'fp16', 'bf16', 'int8'),
    description='numeric precision of torch models; auto = as in the paper (fp16 for text on a '
                'GPU, else fp32); fp16 needs a GPU, int8 (matrices only) a CPU')
THREADS = Parameter(
    name='threads', default=0, range=(0, 256),
    description='number of CPU threads; 0 = one for built-in and ONNX models, all cores for '
                'torch models (applies to the whole process)')
FALLBACK = Parameter(
    name='fallback', default=False,
    description='if weights or packages are missing, use the built-in model and warn in the '
                'diagnostics; if false, the node stays unconfigured')

COMPUTING = (DEVICE, DTYPE, THREADS, FALLBACK)
"""What every node that runs models has, besides the models themselves."""

AUTO = 'auto'
"""The name of a part that is chosen by what is installed; it says itself what it stands in for."""

STAND_IN_TAKES = ('min_face', 'max_side', 'threads')
"""Arguments that a model and its built-in replacement understand alike: no files, no precision."""


def path_parameter(name: str, of: str) -> Parameter:
    """Return the parameter for the file or folder of a model."""
    return Parameter(name=name, default='', description=f'file or folder of the {of}; empty = '
                                                        f'downloaded weights of that name')


class Loaded(NamedTuple):
    """A model or detector, its name, and what to tell the user where it is a replacement."""

    part: Any
    name: str
    warning: str = ''


def load_part(
    registry: Registry, parameter: str, values: Mapping[str, Any],
    options: Mapping[str, Parameter], *, shared: Collection[str] = (), fallback: str | None = None,
) -> Loaded:
    """Make the model or detector that a parameter names.

    Args:
        registry: where the names are; '' is no part: None.
        parameter: the one that names it.
        values: of all parameters.
        options: parameters by the argument of the constructor that they are for.
        shared: arguments that other parts of the node need as well; one without use for them
            does without.  Any other that is set, and that the part does not take, is refused.
        fallback: name of what replaces it, if the parameter ``fallback`` is true, where weights
            or packages are missing; None where nothing can.

    Raises:
        ValueError: it does not take a parameter that was set, needs one that was not, or
            refuses one.
        OSError, ImportError: weights or packages are missing; the message says what to do.
    """
    name = values[parameter]
    try:
        part = _make(registry, parameter, values, options, shared)
        return Loaded(part, part.name if name == AUTO else name, getattr(part, 'stands_in', ''))
    except (OSError, ImportError) as error:
        if fallback in (None, name) or not values['fallback']:
            raise
        understood = {argument: options[argument] for argument in STAND_IN_TAKES
                      if argument in options}
        part = _make(registry, parameter, {**values, parameter: fallback}, understood, shared)
        return Loaded(part, fallback, (
            f'{parameter} {name} is replaced by {fallback or "nothing"}: {error}'))


def _make(
    registry: Registry, parameter: str, values: Mapping[str, Any],
    options: Mapping[str, Parameter], shared: Collection[str],
) -> Any:
    name = values[parameter]
    if not name:
        return None
    make = find_part(registry, name)
    arguments = signature(make).parameters.values()
    takes_all = any(one.kind is one.VAR_KEYWORD for one in arguments)
    taken = {argument: option for argument, option in options.items()
             if takes_all or argument in signature(make).parameters}
    useless = [option for argument, option in options.items()
               if argument not in (*taken, *shared)
               and values[option.name] not in (option.default, 'cpu')]  # all run on a cpu
    if useless:
        raise ValueError(f'{parameter}={name!r} has no use for {useless[0].name}='
                         f'{values[useless[0].name]!r}; it takes '
                         f'{[option.name for option in taken.values()]}')
    given = {argument: values[option.name] for argument, option in taken.items()
             if values[option.name] not in ('', 0)}
    for one in arguments:
        if one.name in options and one.default is one.empty and one.name not in given:
            raise ValueError(
                f'{parameter}={name!r} needs {options[one.name].name}, which is not set')
    if 'path' in given:
        given['path'] = Path(given['path']).expanduser()
    return make(**given)
