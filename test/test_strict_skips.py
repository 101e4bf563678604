"""Skips fail the tests of continuous integration unless their reason is allowed."""

from pathlib import Path

import pytest

pytest_plugins = 'pytester'

CONFTEST = Path(__file__).with_name('conftest.py')

SKIPS = '''
import pytest

def test_one():
    pytest.skip("No module named 'hri_msgs'")

def test_other():
    pytest.skip('the weather is bad')
'''


@pytest.fixture
def run(pytester, monkeypatch):
    """Return what runs tests under this conftest.py, in a process of their own."""
    monkeypatch.delenv('CI', raising=False)
    pytester.makeconftest(CONFTEST.read_text())
    pytester.path.joinpath('allowed_skips.txt').write_text("# why\nNo module named 'hri_msgs'\n")
    return lambda *options: pytester.runpytest_subprocess('-p', 'no:cacheprovider', *options)


def test_a_skip_for_a_reason_that_is_not_listed_fails(run, pytester, monkeypatch):
    pytester.makepyfile(SKIPS)
    run().assert_outcomes(skipped=2)
    done = run('--strict-skips')
    done.assert_outcomes(skipped=1, failed=1)
    done.stdout.fnmatch_lines(['*the weather is bad*'])
    monkeypatch.setenv('CI', 'true')
    run().assert_outcomes(skipped=1, failed=1)


def test_a_module_that_is_skipped_as_a_whole_fails_too(run, pytester):
    pytester.makepyfile('import pytest\npytest.importorskip("no_such_package")')
    run().assert_outcomes(skipped=1)
    assert run('--strict-skips').ret != 0


def test_an_expected_failure_is_no_skip(run, pytester):
    pytester.makepyfile('import pytest\n@pytest.mark.xfail\ndef test_one(): assert False')
    run('--strict-skips').assert_outcomes(xfailed=1)
