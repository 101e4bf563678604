"""How parameters choose a model and reach its constructor."""

import re

import pytest

pytest.importorskip('rclpy')

from mer_ros.nodes.base.model_parameters import DEVICE, DTYPE, Part, path_parameter, THREADS
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.registry import Registry

MODULE = '''
class Plain:
    def __init__(self, *, threads=1):
        self.given = {'threads': threads}

class Full:
    def __init__(self, *, path=None, device='cpu', dtype='auto', threads=None):
        self.given = {'path': path, 'device': device, 'dtype': dtype, 'threads': threads}

class NeedsPath:
    def __init__(self, *, path, device='cpu'):
        self.given = {'path': path}

class Anything:
    def __init__(self, **options):
        self.given = options
'''
NAMES = ('Plain', 'Full', 'NeedsPath', 'Anything')
UNSET = {'model_path': '', 'device': 'auto', 'dtype': 'auto', 'threads': 0}


@pytest.fixture
def part(tmp_path, monkeypatch):
    """Return a part that may be any of the classes above."""
    (tmp_path / 'fake_models.py').write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry('fake', 'no.such.group', {
        **{name: f'fake_models:{name}' for name in NAMES}, 'Lacking': 'no_such_package:Model'})

    def make(**changes):
        return Part(**{
            'parameter': 'model', 'registry': registry, 'fallback': 'Plain', 'options': {
                'path': path_parameter('model_path', 'model'), 'device': DEVICE, 'dtype': DTYPE,
                'threads': THREADS}, **changes})
    return make


def given(part, name, **values):
    return part.load({**UNSET, 'model': name, **values}).given


def test_what_is_not_set_is_left_to_the_model(part):
    assert given(part(), 'Plain') == {'threads': 1}
    assert given(part(), 'Full') == {
        'path': None, 'device': 'auto', 'dtype': 'auto', 'threads': None}


def test_what_is_set_reaches_the_model(part, tmp_path):
    assert given(part(), 'Full', model_path=str(tmp_path), device='cpu', dtype='bf16',
                 threads=2) == {'path': tmp_path, 'device': 'cpu', 'dtype': 'bf16', 'threads': 2}
    assert given(part(), 'Anything', dtype='int8')['dtype'] == 'int8'


def test_a_path_may_begin_with_the_home_folder(part, monkeypatch, tmp_path):
    monkeypatch.setenv('HOME', str(tmp_path))
    assert given(part(), 'NeedsPath', model_path='~/net.onnx') == {'path': tmp_path / 'net.onnx'}


@pytest.mark.parametrize(('setting', 'value'), [
    ('dtype', 'int8'), ('device', 'cuda'), ('model_path', 'weights.pt')])
def test_what_a_model_has_no_use_for_is_refused_with_what_it_takes(part, setting, value):
    message = f"model='Plain' has no use for {setting}={value!r}; it takes ['threads']"
    with pytest.raises(ValueError, match=re.escape(message)):
        given(part(), 'Plain', **{setting: value})


def test_a_model_without_a_choice_of_device_runs_on_the_cpu(part):
    assert given(part(), 'Plain', device='cpu') == {'threads': 1}


def test_what_is_meant_for_several_parts_is_no_error_for_one_without_use_for_it(part):
    assert given(part(shared=('device',)), 'Plain', device='cuda') == {'threads': 1}


def test_a_model_that_needs_a_file_says_which_parameter_names_it(part):
    with pytest.raises(ValueError, match="model='NeedsPath' needs model_path, which is not set"):
        given(part(), 'NeedsPath')


def test_an_empty_name_leaves_the_part_out(part):
    assert part().load({**UNSET, 'model': ''}) is None


def test_a_missing_package_is_named_with_what_to_install(part):
    with pytest.raises(ImportError, match=r"no_such_package.*-r requirements/paper\.txt"):
        given(part(), 'Lacking')


def test_a_stand_in_gets_neither_the_files_nor_the_precision_of_what_it_replaces(part):
    values = {**UNSET, 'model': 'Full', 'model_path': 'full.pt', 'dtype': 'int8', 'threads': 3}
    assert part().stand_in(values).given == {'threads': 3}
    assert part(fallback='').stand_in(values) is None


def test_a_parameter_of_ones_own_reaches_the_argument_it_is_for(part):
    side = Parameter(name='min_face', default=48, description='')
    own = part(options={'threads': side})
    assert own.load({'model': 'Plain', 'min_face': 7}).given == {'threads': 7}
