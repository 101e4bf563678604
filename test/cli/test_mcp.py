"""The tool server on a live graph, asked by the client of the protocol's own SDK."""

import asyncio
from contextlib import contextmanager
from dataclasses import replace
import os
import re
import signal
import socket
import subprocess
import sys
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('mcp')

from mcp import Client, StdioServerParameters
from mer_ros.msg import EmotionState

from mer_ros.messages.conversions import to_ros
from mer_ros.nodes.base.qos import STATE_QOS

COMMAND = ['-u', '-c', 'from mer_ros.cli import main; main()', 'mcp']
PATIENCE = 60.0


@contextmanager
def served(*arguments):
    """Run the command as HTTP until it says where it serves; interrupt it in the end."""
    child = subprocess.Popen([sys.executable, *COMMAND, '--port', '0', *arguments],
                             stderr=subprocess.PIPE, text=True, env=os.environ)
    try:
        said = ''
        while not (address := re.search(r'http://(\S+)/mcp', said)):
            line = child.stderr.readline()
            assert line, f'it ended: {said}'
            said += line
        yield address[1]
    finally:
        child.send_signal(signal.SIGINT)
        rest = child.communicate(timeout=PATIENCE)[1]
        assert child.returncode == 0, rest


def on_pipes(*arguments):
    """Return how the client starts the server on standard input and output."""
    return StdioServerParameters(command=sys.executable, args=[*COMMAND, *arguments],
                                 env=dict(os.environ))


def show(graph, *states, topic='emotion'):
    """Publish states that hold now."""
    publisher = graph.probe.create_publisher(EmotionState, topic, STATE_QOS)
    for state in states:
        publisher.publish(to_ros(replace(
            state, stamp=time.time_ns(), valid_for=600 * 10**9)))


async def answer(client, tool, **arguments):
    """Return what a tool answers."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def somebody(client):
    """Ask who is there until somebody is."""
    give_up = time.monotonic() + PATIENCE
    while not (there := (await answer(client, 'people'))['result']):
        assert time.monotonic() < give_up, 'nobody came'
        await asyncio.sleep(0.1)
    return there


def test_an_agent_on_pipes_asks_how_a_person_seems_how_sure_and_why_not(graph, anna):
    show(graph, anna, topic='/robot1/emotion')

    async def ask():
        async with Client(on_pipes('--namespace', 'robot1')) as client:
            there = await somebody(client)
            assert [person['person_id'] for person in there] == ['anna']
            seems = await answer(client, 'how_does_person_seem')
            assert (seems['emotion'], seems['probability'], seems['is_stale']) == (
                'calm', 0.75, False)
            assert seems['since_seconds'] >= 0
            assert [source['modality'] for source in seems['sources']] == ['face']
            reason = await answer(client, 'why_not', emotion='anger')
            assert reason['given_by'] == {'face': 0.375}
            wrong = await client.call_tool('why_not', {'emotion': 'joy'})
            assert wrong.is_error
            assert 'known are calm, anger' in wrong.content[0].text
    asyncio.run(ask())


def test_who_is_not_there_is_unknown_and_the_server_can_only_be_asked(domain):
    async def ask():
        async with Client(on_pipes()) as client:
            seems = await answer(client, 'how_does_person_seem', person_id='carla')
            assert (seems['person_id'], seems['emotion'], seems['probability']) == (
                'carla', 'unknown', None)
            assert 'nobody is perceived on /emotion' in seems['summary']
            assert 'do not say what a person feels' in client.instructions
            tools = (await client.list_tools()).tools
            assert {tool.name for tool in tools} == {'people', 'how_does_person_seem', 'why_not'}
            assert all(tool.annotations.read_only_hint for tool in tools)
            assert all(tool.description and tool.output_schema for tool in tools)
    asyncio.run(ask())


def test_of_several_people_one_must_be_named(graph, anna, ben):
    with served() as address:
        async def ask():
            async with Client(f'http://{address}/mcp') as client:
                show(graph, anna)
                await somebody(client)
                show(graph, ben)
                give_up = time.monotonic() + PATIENCE
                while len(await somebody(client)) < 2:
                    assert time.monotonic() < give_up
                    await asyncio.sleep(0.1)
                unclear = await client.call_tool('how_does_person_seem', {})
                assert unclear.is_error
                assert "['anna', 'ben']" in unclear.content[0].text
                seems = await answer(client, 'how_does_person_seem', person_id='ben')
                assert seems['several_at_once']
        asyncio.run(ask())


def test_other_hosts_and_pages_are_refused(domain):
    with served() as address:
        port = address.rpartition(':')[2]
        for headers in ({'Host': f'robot.example:{port}'}, {'Origin': 'http://robot.example'}):
            request = Request(f'http://{address}/mcp', data=b'{}', headers={
                'Content-Type': 'application/json',
                'Accept': 'application/json, text/event-stream', **headers})
            with pytest.raises(HTTPError) as error:
                urlopen(request, timeout=PATIENCE)
            assert error.value.code in (403, 421)
        others = [entry[4][0] for entry in socket.getaddrinfo(socket.gethostname(), None,
                                                             socket.AF_INET)]
        for other in others:
            if not other.startswith('127.'):
                with pytest.raises(ConnectionRefusedError):
                    socket.create_connection((other, int(port)), timeout=PATIENCE)


def test_a_port_that_is_taken_is_an_error_of_one_line(domain):
    with socket.create_server(('127.0.0.1', 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run([sys.executable, *COMMAND, '--port', port], capture_output=True,
                              text=True, timeout=PATIENCE, env=os.environ)
    assert done.returncode == 1
    assert 'in use' in done.stderr
    assert 'Traceback' not in done.stderr


def test_ctrl_c_ends_it_while_it_waits_on_pipes(domain):
    child = subprocess.Popen([sys.executable, *COMMAND], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ)
    request = (b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion":'
               b' "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}}')
    child.stdin.write(request + b'\n')
    child.stdin.flush()
    assert b'serverInfo' in child.stdout.readline()
    child.send_signal(signal.SIGINT)
    assert child.wait(PATIENCE) == 0
    assert b'Traceback' not in child.stderr.read()
