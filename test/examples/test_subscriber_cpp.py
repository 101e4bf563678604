"""The C++ subscriber reads fields of the generated message and prints what the Python one does."""

import os
from pathlib import Path
import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree

import pytest

pytest.importorskip('rclpy')

RCLCPP = """
#pragma once
#include <functional>
#include <memory>
#include <string>
// As much of rclcpp as the example uses, with the same signatures; it delivers one message.
namespace rclcpp
{
struct QoS {explicit QoS(int) {} QoS & transient_local() {return *this;}};
struct Node
{
  explicit Node(const std::string &) {}
  static std::shared_ptr<Node> make_shared(const std::string & name)
  {
    return std::make_shared<Node>(name);
  }
  template<class M>
  std::shared_ptr<int> create_subscription(
    const std::string &, const QoS &, std::function<void(const M &)> callback)
  {
    M message;
    message.label = "happiness";
    message.confidence = 0.75;
    message.uncertainty = 0.25;
    callback(message);
    return std::make_shared<int>(0);
  }
};
inline void init(int, char **) {}
inline void spin(std::shared_ptr<Node>) {}
inline void shutdown() {}
}  // namespace rclcpp
"""


@pytest.fixture
def folder(repository):
    return repository / 'examples' / 'subscriber_cpp'


def test_it_prints_a_message_of_the_generated_type(folder, tmp_path):
    compiler = shutil.which('c++')
    if compiler is None:
        pytest.skip('there is no C++ compiler')
    (tmp_path / 'rclcpp').mkdir()
    (tmp_path / 'rclcpp' / 'rclcpp.hpp').write_text(RCLCPP)
    prefixes = [sys.prefix, *os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep)]
    includes = [f'-I{path}' for prefix in prefixes if prefix
                for path in sorted(Path(prefix, 'include').glob('*'))]
    subprocess.run([compiler, '-std=c++17', '-Wall', '-Wextra', f'-I{tmp_path}', *includes,
                    folder / 'src' / 'subscriber.cpp', '-o', 'subscriber'], cwd=tmp_path,
                   check=True, timeout=300)
    done = subprocess.run([tmp_path / 'subscriber'], capture_output=True, text=True, check=True,
                          timeout=30)
    assert done.stdout == 'anonymous: happiness, probability 0.75, uncertainty 0.25\n'


def test_its_package_names_what_it_is_built_from(folder):
    package = ElementTree.parse(folder / 'package.xml').getroot()
    cmake = (folder / 'CMakeLists.txt').read_text()
    assert re.search(r'project\((\w+)', cmake)[1] == package.findtext('name')
    found = set(re.findall(r'find_package\((\w+)', cmake))
    assert found == {element.text for kind in ('depend', 'buildtool_depend')
                     for element in package.iter(kind)}
