"""The live graph of the tests in test/ros, for tests of launch files too."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_spec = spec_from_file_location(
    'live_graph', Path(__file__).resolve().parent.parent / 'ros' / 'conftest.py')
_module = module_from_spec(_spec)
_spec.loader.exec_module(_module)

graph = _module.graph
