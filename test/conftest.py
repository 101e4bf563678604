"""What tests share: the data folder, and a ROS graph of their own."""

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope='session')
def repository() -> Path:
    """Return the root of the source tree."""
    return ROOT


@pytest.fixture(scope='session')
def shared_data() -> Path:
    """Return the folder of recordings and texts beside the source tree, or skip the test."""
    folder = ROOT.parent / 'shared' / 'data'
    if not folder.is_dir():
        pytest.skip('the folder ../shared/data is not there')
    return folder


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Give the test a ROS domain that nothing else on this machine uses, reachable only here."""
    coordinator = pytest.importorskip('domain_coordinator')
    with coordinator.domain_id() as number:
        monkeypatch.setenv('ROS_DOMAIN_ID', str(number))
        monkeypatch.setenv('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
        yield int(os.environ['ROS_DOMAIN_ID'])
