"""What a node says about itself once a second."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from mer_ros.nodes.base.input_checks import clock_problems, elsewhere, unheard
from mer_ros.nodes.base.meter import Reading

if TYPE_CHECKING:
    from mer_ros.nodes.base.engine_node import EngineNode

STREAM_TIMEOUT = 5.0
"""Seconds without a message after which a stream is missing."""

HUNG_AFTER = 30.0
"""Seconds that a model may take for one input."""

Report = tuple[str, str, dict[str, object]]
"""A level of diagnostics, a message and values by name."""


def report(node: EngineNode, reading: Reading) -> Report:
    """Return the state of a node; its level is the most urgent thing that a user should see.

    A node that is not asked anything is well: only a stream that pauses is worth a warning.
    """
    values = _values(node, reading)
    failure = _failure(node, reading)
    if failure:
        return 'error', failure, values
    if node.state != 'active':
        return 'warn', node.state, values
    found = [problem for problem in (node.switch.problem, node.site.problem) if problem]
    if not node.enabled:
        return ('warn' if found else 'ok'), '; '.join([node.why_off, *found]), values
    found += [*clock_problems(node, reading), *unheard(node, node.subscribed),
              *node.warnings(reading), *_remarks(node), *_missing_streams(node)]
    refused = sorted(name.removeprefix('refused.') for name in reading.recent
                     if name.startswith('refused.'))
    if refused:
        found.append(f'refusing input: {", ".join(refused)}')
    return ('warn', '; '.join(found), values) if found else ('ok', 'perceiving', values)


def _failure(node: EngineNode, reading: Reading) -> str:
    if node.failure:
        return node.failure
    if reading.recent['errors']:
        return node.faults.last
    busy = max((worker.busy for worker in node.workers), default=0.0)
    if busy > HUNG_AFTER:
        return f'a model has been working on one input for {busy:.0f} s; restart the node'
    return ''


def _missing_streams(node: EngineNode) -> list[str]:
    found = []
    for topic, stream in list(node.streams.items()):
        if stream.last is None:
            found.append(f'no {topic} yet{elsewhere(node, topic, stream.kinds)}')
        elif (idle := monotonic() - stream.last) > STREAM_TIMEOUT:
            found.append(f'no {topic} for {idle:.0f} s')
    return found


def _remarks(node: EngineNode) -> list[str]:
    """Log what the engine has counted since the last call and the user should know."""
    found = []
    for name, meaning in node.remarks.items():
        rise = node.engine.counts[name] - node.remarked[name]
        if rise:
            node.remarked[name] += rise
            node.faults.warn(name, meaning)
            found.append(f'{name}: {rise}')
    return found


def _values(node: EngineNode, reading: Reading) -> dict[str, object]:
    # In one step, since workers count too.
    counts = {} if node.engine is None else dict(node.engine.counts)
    return {
        'lifecycle state': node.state,
        'enabled': node.enabled,
        'bond': node.bond.status,
        'input rate (Hz)': float(reading.recent['received']),
        'last input (s ago)': 'never' if reading.idle is None else round(reading.idle, 1),
        'input age (ms)': reading.age_ms,
        'processing median (ms)': reading.median_ms,
        'processing p95 (ms)': reading.p95_ms,
        'processing (% of a core)': 100.0 * reading.load,
        **({'job in progress (s)': max(worker.busy for worker in node.workers),
            'waiting inputs': sum(worker.waiting for worker in node.workers)}
           if node.workers else {}),
        **node.models(),
        **node.describe(reading),
        **{f'engine.{name}': count for name, count in sorted(counts.items())},
        **dict(sorted(reading.totals.items())),
    }
