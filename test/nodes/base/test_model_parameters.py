"""How parameters choose a model and reach its constructor."""

import re

import pytest

pytest.importorskip('rclpy')

from mer_ros.nodes.base.model_parameters import DEVICE, DTYPE, load_part, path_parameter, THREADS
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
OPTIONS = {'path': path_parameter('model_path', 'model'), 'device': DEVICE, 'dtype': DTYPE,
           'threads': THREADS}


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Return what loads any of the classes above with some parameters set."""
    (tmp_path / 'fake_models.py').write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry('fake', 'no.such.group', {
        **{name: f'fake_models:{name}' for name in NAMES}, 'Lacking': 'no_such_package:Model'})

    def load(name, *, shared=(), by='Plain', options=OPTIONS, fallback=False, **values):
        return load_part(
            registry, 'model', {**UNSET, 'model': name, 'fallback': fallback, **values}, options,
            shared=shared, fallback=by)
    return load


def given(load, name, **values):
    return load(name, **values).part.given


def test_what_is_not_set_is_left_to_the_model(load):
    assert given(load, 'Plain') == {'threads': 1}
    assert given(load, 'Full') == {
        'path': None, 'device': 'auto', 'dtype': 'auto', 'threads': None}


def test_what_is_set_reaches_the_model(load, tmp_path):
    assert given(load, 'Full', model_path=str(tmp_path), device='cpu', dtype='bf16',
                 threads=2) == {'path': tmp_path, 'device': 'cpu', 'dtype': 'bf16', 'threads': 2}
    assert given(load, 'Anything', dtype='int8')['dtype'] == 'int8'


def test_a_path_may_begin_with_the_home_folder(load, monkeypatch, tmp_path):
    monkeypatch.setenv('HOME', str(tmp_path))
    assert given(load, 'NeedsPath', model_path='~/net.onnx') == {'path': tmp_path / 'net.onnx'}


@pytest.mark.parametrize(('setting', 'value'), [
    ('dtype', 'int8'), ('device', 'cuda'), ('model_path', 'weights.pt')])
def test_what_a_model_has_no_use_for_is_refused_with_what_it_takes(load, setting, value):
    message = f"model='Plain' has no use for {setting}={value!r}; it takes ['threads']"
    with pytest.raises(ValueError, match=re.escape(message)):
        given(load, 'Plain', **{setting: value})


def test_a_model_without_a_choice_of_device_runs_on_the_cpu(load):
    assert given(load, 'Plain', device='cpu') == {'threads': 1}


def test_what_is_meant_for_several_parts_is_no_error_for_one_without_use_for_it(load):
    assert given(load, 'Plain', device='cuda', shared=('device',)) == {'threads': 1}


def test_a_model_that_needs_a_file_says_which_parameter_names_it(load):
    with pytest.raises(ValueError, match="model='NeedsPath' needs model_path, which is not set"):
        given(load, 'NeedsPath')


def test_an_empty_name_leaves_the_part_out(load):
    assert load('') == (None, '', '')


def test_a_missing_package_is_named_with_what_to_install(load):
    with pytest.raises(ImportError, match=r"no_such_package.*-r requirements/paper\.txt"):
        given(load, 'Lacking')


@pytest.mark.parametrize(('by', 'fallback'), [('Plain', False), (None, True), ('Lacking', True)])
def test_what_is_missing_is_not_replaced_unless_asked_for_and_possible(load, by, fallback):
    with pytest.raises(ImportError):
        load('Lacking', by=by, fallback=fallback)


def test_a_replacement_gets_neither_the_files_nor_the_precision_of_what_it_replaces(load):
    found = load('Lacking', model_path='full.pt', dtype='int8', threads=3, fallback=True)
    assert (found.name, found.part.given) == ('Plain', {'threads': 3})
    assert 'model Lacking is replaced by Plain' in found.warning


def test_what_may_be_left_out_is_replaced_by_nothing(load):
    found = load('Lacking', by='', fallback=True)
    assert (found.part, found.name) == (None, '')
    assert 'is replaced by nothing' in found.warning


def test_a_parameter_of_ones_own_reaches_the_argument_it_is_for(load):
    side = Parameter(name='min_face', default=48, description='')
    assert given(load, 'Plain', options={'threads': side}, min_face=7) == {'threads': 7}
