"""The parameters by which a node chooses its models, and how they reach the constructors."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from inspect import Parameter as Argument
from inspect import signature
from pathlib import Path
from typing import Any

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

STAND_IN_TAKES = ('min_face', 'max_side', 'threads')
"""Arguments that a part and what stands in for it understand alike."""


def path_parameter(name: str, of: str) -> Parameter:
    """Return the parameter for the file or folder of a model."""
    return Parameter(name=name, default='', description=f'file or folder of the {of}; empty = '
                                                        f'downloaded weights of that name')


@dataclass(frozen=True, kw_only=True)
class Part:
    """A model or detector that a node loads.

    ``parameter`` is the one that names it, in ``registry``; ``options`` are parameters by the
    argument of the constructor that they are for.  A part that does not take one that was set
    is refused, unless the argument is one of ``shared``: it is meant for other parts too.
    ``fallback`` is the name of what may stand in; '' is nothing, where the part may be left out.
    """

    parameter: str
    registry: Registry
    options: Mapping[str, Parameter]
    shared: Collection[str] = ()
    fallback: str = ''

    def load(self, values: Mapping[str, Any]) -> Any:
        """Return the part that the parameters choose, None for '' (it is left out).

        Raises:
            ValueError: it does not take a parameter that was set, needs one that was not, or
                refuses one.
            OSError, ImportError: weights or packages are missing; the message says what to do.
        """
        name = values[self.parameter]
        if not name:
            return None
        make = find_part(self.registry, name)
        return make(**self._arguments(f'{self.parameter}={name!r}', make, values))

    def stand_in(self, values: Mapping[str, Any]) -> Any:
        """Return what runs where the chosen part cannot; of the parameters it gets what it takes.

        Files and precision are of the part that it replaces, and not for it.
        """
        unset = {parameter.name: parameter.default for argument, parameter in self.options.items()
                 if argument not in STAND_IN_TAKES}
        return self.load({**values, **unset, self.parameter: self.fallback})

    def _arguments(self, what: str, make: Any, values: Mapping[str, Any]) -> dict[str, Any]:
        taken = signature(make).parameters
        takes_all = any(one.kind is Argument.VAR_KEYWORD for one in taken.values())
        given: dict[str, Any] = {}
        for argument, parameter in self.options.items():
            value = values[parameter.name]
            is_set = value not in ('', 0)
            if argument in taken or takes_all:
                if is_set:
                    given[argument] = Path(value).expanduser() if argument == 'path' else value
                elif argument in taken and taken[argument].default is Argument.empty:
                    raise ValueError(f'{what} needs {parameter.name}, which is not set')
            elif (is_set and value != parameter.default and argument not in self.shared
                    and (argument, value) != ('device', 'cpu')):  # whatever takes none runs there
                known = [other.name for key, other in self.options.items() if key in taken]
                raise ValueError(f'{what} has no use for {parameter.name}={value!r}; it takes '
                                 f'{known}')
        return given
