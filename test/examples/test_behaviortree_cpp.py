"""The C++ example decides as the Python behaviours do."""

import inspect
from pathlib import Path
import re
import shutil
import subprocess
from xml.etree import ElementTree

import numpy as np
import pytest

pytest.importorskip('py_trees')

from mer_ros.behaviours.condition import EmotionCondition, MIN_PROBABILITY
from mer_ros.data import Emotion, NANOSECONDS
from mer_ros.emotions import EMOTIONS

DRIVER = r"""
#include <cstdio>
#include "mer_ros_behaviortree_example/emotion_condition.hpp"
using namespace mer_ros_behaviortree_example;
int main()
{
  Thresholds thresholds;
  long long hold, now, stamp, valid;
  int unknown;
  double uncertainty, probability;
  std::scanf("%lf %lf %lld %lf", &thresholds.min_probability, &thresholds.max_uncertainty, &hold,
    &thresholds.hysteresis);
  thresholds.hold_time = hold;
  EmotionCondition condition(thresholds);
  while (std::scanf("%lld %lld %lld %d %lf %lf", &now, &stamp, &valid, &unknown, &uncertainty,
    &probability) == 6)
  {
    if (stamp) {
      condition.add({stamp, valid, unknown != 0, uncertainty, probability});
    }
    std::putchar(condition.check(now) ? '1' : '0');
  }
}
"""


@pytest.fixture(scope='module')
def folder(repository):
    return repository / 'examples' / 'behaviortree_cpp'


@pytest.fixture(scope='module')
def program(folder, tmp_path_factory):
    compiler = shutil.which('c++')
    if compiler is None:
        pytest.skip('there is no C++ compiler')
    built = tmp_path_factory.mktemp('condition')
    (built / 'driver.cpp').write_text(DRIVER)
    subprocess.run([compiler, '-std=c++17', '-Wall', '-Wextra', '-Werror', '-Wno-unused-result',
                    f'-I{folder / "include"}', 'driver.cpp', '-o', 'driver'], cwd=built, check=True)
    return built / 'driver'


def state(stamp, valid_for, unknown, uncertainty, probability):
    values = np.full(7, (1 - probability) / 6)
    values[EMOTIONS.index('sadness')] = probability
    return Emotion(
        stamp=stamp, window_start=0, person_id='', label='unknown' if unknown else 'sadness',
        confidence=probability, uncertainty=uncertainty, conflict=0.0, labels=EMOTIONS,
        belief=values, probability=values, alpha=values + 1, valid_for=valid_for)


def history(random, length=400):
    """Return ticks of a life: the time, and what was perceived just before it, if anything."""
    now = 10 * NANOSECONDS
    for _ in range(length):
        now += int(random.choice([100, 300, 900, 3000, -9000], p=[.6, .2, .1, .08, .02])) * 10**6
        now = max(now, NANOSECONDS)
        stamp = now - int(random.integers(0, 3)) * 10**8 if random.random() < 0.7 else 0
        yield (now if random.random() < 0.98 else 0, stamp,
               int(random.choice([0, 1, 2], p=[.05, .5, .45])) * NANOSECONDS,
               bool(random.random() < 0.05), round(random.beta(1, 4), 3),
               round(random.beta(6, 3), 3))


@pytest.mark.parametrize('seed', range(5))
def test_both_languages_decide_the_same(program, seed):
    random = np.random.default_rng(seed)
    ticks = list(history(random))
    hold = float(random.choice([0.0, 0.5, 1.0]))
    condition = EmotionCondition('sadness', hold_time=hold, min_probability=0.65, hysteresis=0.15)
    expected = ''
    for now, stamp, *rest in ticks:
        if stamp:
            condition.add(state(stamp, *rest))
        expected += str(int(condition.check(now)[0]))
    given = [f'0.65 0.5 {round(hold * NANOSECONDS)} 0.15']
    given += [' '.join(str(value if not isinstance(value, bool) else int(value))
                       for value in tick) for tick in ticks]
    done = subprocess.run([program], input='\n'.join(given), capture_output=True, text=True,
                          check=True)
    assert {'0', '1'} == set(expected), 'the history proves nothing'
    assert done.stdout == expected


def test_the_tree_uses_emotions_and_ports_that_exist(folder):
    tree = ElementTree.parse(folder / 'trees' / 'empathetic_robot.xml').getroot()
    assert tree.get('BTCPP_format') == '4'
    model = {port.get('name'): port.get('default')
             for port in tree.iterfind('TreeNodesModel/Condition/input_port')}
    conditions = list(tree.iterfind('.//BehaviorTree//PersonFeels'))
    assert conditions
    for condition in conditions:
        assert condition.get('emotion') in EMOTIONS
        assert set(condition.keys()) <= set(model)


def test_every_default_is_that_of_the_python_behaviour(folder):
    defaults = {name: parameter.default for name, parameter in
                inspect.signature(EmotionCondition).parameters.items() if name != 'label'}
    defaults['min_probability'] = MIN_PROBABILITY  # None where several emotions may be present
    header = Path(folder / 'include/mer_ros_behaviortree_example/person_feels.hpp').read_text()
    ports = dict(re.findall(r'InputPort<double>\("(\w+)", ([\d.]+)', header))
    assert {name: float(value) for name, value in ports.items()} == defaults
    model = ElementTree.parse(folder / 'trees' / 'empathetic_robot.xml').getroot()
    told = {port.get('name'): float(port.get('default')) for port in
            model.iterfind('TreeNodesModel/Condition/input_port') if port.get('type') == 'double'}
    assert told == defaults
