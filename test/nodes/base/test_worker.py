"""The thread that works for a node: control before data, and nothing ends it."""

from threading import Event
from time import monotonic, sleep

import pytest

pytest.importorskip('rclpy')

from mer_ros.nodes.base import worker as worker_module
from mer_ros.nodes.base.worker import Worker

PATIENCE = 20.0


class Bench:
    """A worker whose first job runs until ``go_on``; what is done is written down in order."""

    def __init__(self, capacity):
        self.done, self.errors = [], []
        self.started, self.go_on = Event(), Event()
        self.worker = Worker(capacity=capacity, name='bench', on_error=self.errors.append)

    def hold(self):
        def job():
            self.started.set()
            assert self.go_on.wait(PATIENCE)
            self.worker.deliver(self.done.append, 'held')

        self.worker.put(job)
        assert self.started.wait(PATIENCE)

    def put(self, name):
        return self.worker.put(lambda: self.worker.deliver(self.done.append, name))

    def wait_until_idle(self):
        give_up = monotonic() + PATIENCE
        while not self.worker.is_idle:
            assert monotonic() < give_up, 'the worker never comes to rest'
            sleep(0.01)

    def finish(self):
        """Let everything that waits be done."""
        finished = Event()
        self.go_on.set()
        self.worker.put(finished.set)
        assert finished.wait(PATIENCE)


@pytest.fixture
def bench(request):
    made = Bench(getattr(request, 'param', 3))
    yield made
    made.go_on.set()
    made.worker.stop()


@pytest.mark.parametrize('bench', [4], indirect=True)
def test_a_full_queue_drops_its_oldest_data(bench):
    bench.hold()
    assert [bench.put(name) for name in 'abcde'] == [True, True, True, True, False]
    assert bench.worker.waiting == 4
    bench.finish()  # which is one more
    assert bench.done == ['held', 'c', 'd', 'e']


@pytest.mark.parametrize('bench', [1], indirect=True)
def test_control_is_never_dropped_and_runs_before_data_that_waits(bench):
    bench.hold()
    bench.put('data')
    bench.worker.control(lambda: bench.done.append('control'))
    bench.put('newer data')
    bench.go_on.set()
    finished = Event()
    bench.worker.control(finished.set)
    assert finished.wait(PATIENCE)
    assert bench.done[:2] == ['held', 'control']


def test_control_that_is_asked_for_again_and_again_is_done_once(bench):
    bench.hold()
    counted = []

    def look():
        counted.append(1)

    for _ in range(1000):
        bench.worker.control(look)
    bench.finish()
    assert counted == [1]


@pytest.mark.parametrize('bench', [4], indirect=True)
def test_what_is_asked_for_when_idle_is_done_once_after_all_data_and_takes_no_place(bench):
    bench.hold()
    for name in 'abc':
        bench.worker.when_idle(lambda: bench.done.append('idle'))
        assert bench.put(name)
    bench.finish()
    bench.wait_until_idle()
    assert bench.done == ['held', 'a', 'b', 'c', 'idle']


def test_what_is_asked_for_when_idle_is_of_its_generation(bench):
    bench.hold()
    bench.worker.when_idle(lambda: bench.done.append('idle'))
    bench.worker.renew()
    bench.finish()
    assert bench.done == []


def test_a_new_generation_discards_what_waits_and_what_a_job_in_progress_gives(bench):
    bench.hold()
    bench.put('old')
    bench.put('old too')
    assert bench.worker.renew() == 2
    bench.put('new')
    bench.finish()
    assert bench.done == ['new']


def test_control_of_an_older_generation_is_done_but_delivers_nothing(bench):
    bench.hold()
    done = []

    def say():
        done.append(bench.worker.deliver(bench.done.append, 'said'))

    bench.worker.control(say)
    bench.worker.renew()
    bench.finish()
    assert (done, bench.done) == ([False], [])
    bench.worker.control(say)
    bench.finish()
    assert (done, bench.done) == ([False, True], ['said'])


def test_control_that_is_asked_for_again_comes_after_what_was_asked_for_between(bench):
    bench.hold()
    order = []

    def say():
        order.append('say')

    bench.worker.control(say)
    bench.worker.control(lambda: order.append('forget'))
    bench.worker.control(say)
    bench.finish()
    assert order == ['forget', 'say']


@pytest.mark.parametrize('error', [ValueError('bad'), SystemExit(3), MemoryError()])
def test_a_job_that_raises_anything_is_told_and_the_next_is_done(bench, error):
    def fail():
        raise error

    bench.worker.put(fail)
    bench.put('next')
    bench.finish()
    assert (bench.errors, bench.done) == ([error], ['next'])


def test_nobody_else_delivers(bench):
    assert not bench.worker.deliver(bench.done.append, 'forged')
    assert bench.done == []


def test_stopping_does_not_wait_for_a_job_that_hangs(bench, monkeypatch):
    monkeypatch.setattr(worker_module, 'DEADLINE', 0.05)
    bench.hold()
    assert bench.worker.busy > 0.0
    assert not bench.worker.stop()
    assert not bench.put('late')
    bench.go_on.set()
    bench.worker._thread.join(PATIENCE)
    assert not bench.worker._thread.is_alive()
    assert bench.done == [], 'it was stopped before the job gave its result'


def test_a_delivery_that_hangs_does_not_hold_up_a_new_generation(bench, monkeypatch):
    monkeypatch.setattr(worker_module, 'DEADLINE', 0.05)
    bench.worker.put(lambda: bench.worker.deliver(
        lambda: (bench.started.set(), bench.go_on.wait(PATIENCE))))
    assert bench.started.wait(PATIENCE)
    bench.put('old')
    assert bench.worker.renew() == 1
    bench.finish()
    assert bench.done == []
