"""The access control file says what the nodes do."""

import importlib.util

import pytest

pytest.importorskip('rclpy')


@pytest.mark.usefixtures('domain')
def test_the_policy_is_what_the_running_nodes_say(repository):
    spec = importlib.util.spec_from_file_location(
        'write_policy', repository / 'tools' / 'write_policy.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (repository / 'config' / 'sros2' / 'policy.xml').read_text() == module.policy()
