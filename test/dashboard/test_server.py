"""The web server, without a browser."""

from dataclasses import replace
import http.client
import json
import re
import socket

import pytest

pytest.importorskip('websockets')

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from mer_ros.dashboard import server as module


def get(stand, path, host=None):
    connection = http.client.HTTPConnection(stand.host, timeout=20)
    connection.request('GET', path, headers={'Host': host or stand.host})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer, body


def watch(stand, **options):
    options = {'origin': f'http://{stand.host}', **options}
    return connect(f'ws://{stand.host}/states', **options)


def receive(viewer, kind):
    """Return the next message of a kind."""
    while (message := json.loads(viewer.recv(20)))['type'] != kind:
        pass
    return message


@pytest.mark.parametrize(('path', 'kind'), [
    ('/', 'text/html'), ('/style.css', 'text/css'), ('/dashboard.js', 'text/javascript')])
def test_the_page_is_served_and_may_load_nothing_from_elsewhere(stand, path, kind):
    answer, body = get(stand, path)
    assert answer.status == 200
    assert answer.headers['Content-Type'].startswith(kind)
    assert "default-src 'none'" in answer.headers['Content-Security-Policy']
    assert re.findall(r'\bhttps?://(?!www\.w3\.org/2000/svg)', body) == []


@pytest.mark.parametrize('path', ['/etc/passwd', '/../server.py', '/index.html', '//style.css'])
def test_nothing_else_is_served(stand, path):
    assert get(stand, path)[0].status == 404


def test_a_rebound_name_gets_neither_the_page_nor_the_states(stand):
    assert get(stand, '/', host='evil.example')[0].status == 403
    with pytest.raises(InvalidStatus, match='403'):
        watch(stand, origin='http://evil.example')
    with pytest.raises(InvalidStatus, match='403'):
        watch(stand, origin=None)
    assert not stand.watched.is_set()


@pytest.mark.parametrize('header', ['Host', 'Origin'])
def test_two_of_a_header_are_refused(stand, header):
    name, _, port = stand.host.rpartition(':')
    with socket.create_connection((name, int(port)), timeout=20) as raw:
        twice = f'{header}: http://{stand.host}\r\n' * 2
        raw.sendall(f'GET / HTTP/1.1\r\nHost: {stand.host}\r\n{twice}\r\n'.encode())
        assert raw.recv(1000).startswith(b'HTTP/1.1 400 ')


def test_the_states_flow_to_everybody_who_looks(stand, anna):
    with watch(stand) as first, watch(stand) as second:
        assert receive(first, 'hello')['topic'] == '/robot/emotion'
        receive(second, 'hello')
        stand.show(anna)
        for viewer in (first, second):
            assert receive(viewer, 'state')['person'] == 'anna'


def test_whoever_comes_later_is_told_the_latest_state_of_each_person(stand, anna):
    with watch(stand) as first:
        stand.show(anna, replace(anna, label='anger'), replace(anna, person_id='ben'))
        for _ in range(3):
            receive(first, 'state')
        with watch(stand) as second:
            told = [receive(second, 'state') for _ in range(2)]
    assert [(state['person'], state['label']) for state in told] == [
        ('anna', 'anger'), ('ben', 'calm')]


def test_the_time_is_told_with_who_is_present(stand, anna):
    with watch(stand) as viewer:
        stand.show(anna)
        receive(viewer, 'state')
        assert receive(viewer, 'time')['people'] == ['anna']
        stand.now += 3600 * 10**9
        while receive(viewer, 'time')['people']:
            pass


def test_the_source_is_listened_to_only_while_somebody_looks(stand):
    get(stand, '/')
    assert not stand.watched.is_set()
    with watch(stand) as first:
        receive(first, 'hello')
        assert stand.watched.is_set()
        with watch(stand) as second:
            receive(second, 'hello')
        receive(first, 'time')
        assert not stand.left.is_set()
    assert stand.left.wait(20)


def test_every_file_is_in_the_package():
    assert {name for name, _ in module._FILES.values()} == {
        path.name for path in module._STATIC.iterdir()}
