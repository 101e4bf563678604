"""Who spends the processor's time in one second of a film, and in one second of the graph.

The film is read and perceived in one thread, so that the time of the process, with the threads of
its libraries, belongs to the stage at work.  The graph is `bringup` with images of 640x480 at
30 Hz, sound and words; its stages are timed by the time of their thread, and what no stage took
is told by the thread: that of the executor, those of the workers, those of the middleware.
"""

from collections.abc import Mapping
import json
from pathlib import Path
from tempfile import TemporaryDirectory
import time
from typing import Any

from bench_bringup import bringup, Probe
from bench_recordings import write_film
from children import graph, megabytes
from compare import row
from stopwatch import CONVERSION, STAGES, Stopwatch

SECONDS = 20
TARGET_FILM = 100.0
TARGET_GRAPH = 20.0
TARGET_MEMORY = 160.0

WATCHED = f'''
import json, sys, threading, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
''' + '''
from stopwatch import NODES, STAGES, Stopwatch
watch = Stopwatch(time.thread_time)
from mer_ros.nodes.bringup import main
from mer_ros.nodes.base import run
watch.watch({**STAGES, **NODES})
spin, main_thread = run.spin, threading.get_native_id()

def seconds_of(thread):
    fields = open(f'/proc/self/task/{thread}/schedstat').read().split()
    return int(fields[0]) / 1e9

def answer():
    for _ in sys.stdin:
        workers = [each.native_id for each in threading.enumerate()
                   if each.native_id not in (main_thread, threading.get_native_id())]
        print(json.dumps({'stages': watch.spent, 'process': time.process_time(),
                          'executor': seconds_of(main_thread),
                          'workers': sum(map(seconds_of, workers)),
                          'asking': time.thread_time()}), flush=True)

def tell(executor, nodes):
    threading.Thread(target=answer, daemon=True).start()
    print('ready', flush=True)
    spin(executor, nodes)

run.spin = tell
sys.exit(main())
'''
"""Answers each line with the seconds of processor time that everything took so far."""

def run() -> list[dict[str, Any]]:
    """Return the milliseconds of processor time a second takes, by stage."""
    rows = _rows('film', film(), TARGET_FILM)
    for executor in ('events', 'single'):
        spent, memory = nodes(executor)
        rows += [*_rows(f'graph, executor:={executor}', spent, 10 * TARGET_GRAPH),
                 row(f'graph, executor:={executor}: memory', memory, 'MB', most=TARGET_MEMORY)]
    return rows


def film() -> dict[str, float]:
    """Return the seconds that each stage of a film takes, for each second of it."""
    from mer_ros.engines.pipeline import Pipeline
    from mer_ros.perception.media import open_media

    with TemporaryDirectory() as folder:
        file = write_film(Path(folder) / 'film.mkv', SECONDS)
        pipeline = Pipeline()
        for item in open_media(file):  # the caches and the arenas of the models are filled
            pipeline.feed(item)
        pipeline.reset()
        watch = Stopwatch(time.process_time)
        watch.watch({**STAGES, **CONVERSION})
        began = time.process_time()
        for item in watch.each(open_media(file), 'decoding'):
            pipeline.feed(item)
        took = time.process_time() - began
        watch.close()
    return _shares(watch.spent, {'everything else': took - watch.spent.total()}, SECONDS)


def nodes(executor: str) -> tuple[dict[str, float], float]:
    """Return the seconds that each part of the graph takes, for each second of input, and MB."""
    with graph(), bringup(WATCHED, f'executor:={executor}') as (child, _):
        def ask() -> dict[str, Any]:
            assert child.stdin is not None
            assert child.stdout is not None
            print(file=child.stdin, flush=True)
            answer: dict[str, Any] = json.loads(child.stdout.readline())
            return answer

        probe = Probe()
        probe.wait_until_connected()
        probe.feed(3.0)
        before = ask()
        probe.feed(SECONDS)
        after = ask()
        memory = megabytes(child.pid)
        probe.node.destroy_node()
    spent = {stage: seconds - before['stages'].get(stage, 0.0)
             for stage, seconds in after['stages'].items()}
    whole, executor, workers, asking = (
        after[name] - before[name] for name in ('process', 'executor', 'workers', 'asking'))
    return _shares(spent, {
        'executor, and all else in Python': executor + workers - sum(spent.values()),
        'threads of the middleware': whole - executor - workers - asking}, SECONDS), memory


def _shares(spent: Mapping[str, float], rest: Mapping[str, float], seconds: float
            ) -> dict[str, float]:
    return {stage: took / seconds for stage, took in (*sorted(
        spent.items(), key=lambda item: -item[1]), *rest.items())}


def _rows(what: str, shares: Mapping[str, float], most: float) -> list[dict[str, Any]]:
    return [row(f'{what}: one second', 1e3 * sum(shares.values()), 'ms of CPU', most=most),
            *(row(f'  {stage}', 1e3 * took, 'ms') for stage, took in shares.items())]
