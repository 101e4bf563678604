"""Send messages that were broken at random through the border and what lies behind it.

    python tools/fuzz.py --seconds 60 --seed 1
    python tools/fuzz.py --cases 1000000

A message is refused as BadInput, or it can be judged and shown; anything else ends the run with
the number of the case.  The same seed sends the same messages.  tools/fuzz_nodes.py does so to
running nodes.
"""

from __future__ import annotations

import argparse
from collections import Counter
from itertools import count
from pathlib import Path
import random
import resource
import sys
import tempfile
from time import monotonic
import traceback

from fuzz_border import Behind, SELDOM
from fuzz_broken import break_message
import numpy as np

from mer_ros.bags.bag_messages import to_message
from mer_ros.data import BadInput


def run(seconds: float, seed: int, cases: int | None = None) -> int:
    """Send messages for a time, or so many; print what became of them and return the status."""
    np.seterr(over='ignore', invalid='ignore')  # numbers too large for float32 are sent
    sent: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    slowest, slowest_kind = 0.0, ''
    with tempfile.TemporaryDirectory() as folder:
        behind = Behind(random.Random(seed), Path(folder, 'kept'))
        kinds = list(behind.readers)
        weights = [SELDOM.get(kind, 1.0) for kind in kinds]
        began = monotonic()
        for case in count():
            if case == cases or (cases is None and monotonic() > began + seconds):
                break
            behind.chance.seed(f'{seed} {case}')
            kind = behind.chance.choices(kinds, weights)[0]
            make, use = behind.readers[kind]
            item = make()
            message = None if item is None else to_message(item)
            if message is not None:
                break_message(behind.chance, message)
            sent[kind] += 1
            before = monotonic()
            try:
                use(message)
            except BadInput as error:
                refused[error.reason] += 1
            except Exception:
                traceback.print_exc()
                print(f'case {case} of seed {seed}: {kind} {message}'[:2000], file=sys.stderr)
                return 1
            if monotonic() - before > slowest:
                slowest, slowest_kind = monotonic() - before, kind
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f'{sum(sent.values())} messages, seed {seed}: {dict(sorted(sent.items()))}\n'
          f'{sum(refused.values())} refused: {dict(refused.most_common())}\n'
          f'{monotonic() - began:.0f} s, slowest {slowest * 1e3:.1f} ms ({slowest_kind}), '
          f'at most {memory} MB')
    return 0


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--seconds', type=float, default=60.0)
    parser.add_argument('--cases', type=int, help='so many messages, however long they take')
    parser.add_argument('--seed', type=int, default=1)
    chosen = parser.parse_args()
    raise SystemExit(run(chosen.seconds, chosen.seed, chosen.cases))
