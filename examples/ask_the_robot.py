#!/usr/bin/env python3
"""Ask a running graph how people seem, as a language-model agent would: a local client, no model.

    python3 examples/ask_the_robot.py            # while a graph runs
    python3 examples/ask_the_robot.py sadness    # and why not sadness

A model gets the same tools from its own client: the command is `mer_ros mcp`.
"""

import asyncio
import os
import sys

from mcp import Client, StdioServerParameters

SERVER = StdioServerParameters(command='mer_ros', args=['mcp'], env=dict(os.environ))
PATIENCE = 30


async def main(emotion: str | None) -> int:
    """Print what the tools say of everybody; return 1 if nobody came."""
    async with Client(SERVER) as robot:
        for _ in range(PATIENCE):
            people = (await robot.call_tool('people', {})).structured_content['result']
            if people:
                break
            await asyncio.sleep(1)
        for person in people:
            print(person['summary'])
            if emotion:
                question = {'emotion': emotion, 'person_id': person['person_id']}
                reason = await robot.call_tool('why_not', question)
                print(f'why not {emotion}? '
                      + (reason.content[0].text if reason.is_error
                         else reason.structured_content['summary']))
    return int(not people)


if __name__ == '__main__':
    sys.exit(asyncio.run(main(*sys.argv[1:] or [None])))
