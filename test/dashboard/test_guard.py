"""Who may look at the dashboard."""

import socket

import pytest

from mer_ros.dashboard.guard import is_loopback, refusal

NAME = socket.gethostname()


@pytest.mark.parametrize('host', [
    'localhost:8765', '127.0.0.1:8765', '[::1]:8765', '192.168.1.20:80', 'LOCALHOST',
    f'{NAME}:8765', f'{NAME}.local:8765'])
def test_addresses_and_names_of_this_machine_may_be_used(host):
    assert refusal(host, None, wants_origin=False) == ''
    assert refusal(host, f'http://{host}', wants_origin=True) == ''


@pytest.mark.parametrize('host', [
    None, '', 'evil.example:8765', 'localhost.evil.example', '127.0.0.1.evil.example', '[::1',
    'evil.example@127.0.0.1.evil.example'])
def test_a_name_that_was_pointed_to_this_machine_is_refused(host):
    assert 'is not this machine' in refusal(host, f'http://{host}', wants_origin=True)


@pytest.mark.parametrize('origin', [
    None, 'null', 'http://evil.example', 'http://localhost:3000', 'https://localhost:8765',
    'http://127.0.0.1:8765'])
def test_another_page_may_not_open_the_websocket(origin):
    assert 'may not connect' in refusal('localhost:8765', origin, wants_origin=True)


def test_only_loopback_addresses_keep_others_out():
    assert all(map(is_loopback, ('localhost', '127.0.0.1', '127.1.2.3', '::1')))
    assert not any(map(is_loopback, ('0.0.0.0', '::', '192.168.1.20', 'robot', '')))
