import os
import subprocess
import sys

import pytest

STARTS = {'a node': 'import mer_ros.nodes', 'a command': (
    "from mer_ros.cli import main; main(['doctor', '--help'], standalone_mode=False)")}
TOLD = "; import os, sys; print(os.environ['OPENBLAS_NUM_THREADS'], 'numpy' in sys.modules)"


def threads_of(start, **given):
    around = {name: value for name, value in os.environ.items() if name != 'OPENBLAS_NUM_THREADS'}
    said = subprocess.run([sys.executable, '-c', STARTS[start] + TOLD], env={**around, **given},
                          capture_output=True, text=True, check=True).stdout
    return said.splitlines()[-1].split()


@pytest.mark.parametrize('start', STARTS)
def test_one_thread_multiplies_matrices_and_is_chosen_before_numpy_is_loaded(start):
    assert threads_of(start) == ['1', 'False']


@pytest.mark.parametrize('start', STARTS)
def test_another_number_of_threads_is_kept(start):
    assert threads_of(start, OPENBLAS_NUM_THREADS='4') == ['4', 'False']
