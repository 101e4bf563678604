"""The page of a report."""

from html.parser import HTMLParser
import re

import numpy as np
import pytest

from mer_ros.data import Emotion
from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.metrics.summary import summarise
from mer_ros.evaluation.reports.report_page import report_page


class Checker(HTMLParser):
    """Collects the headings, and notes tags that are closed out of turn."""

    VOID = ('meta', 'img')

    def __init__(self):
        super().__init__()
        self.open, self.headings, self.sources = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        self.sources += [value for name, value in attrs if name in ('src', 'href')]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == 'h2':
            self.headings.append(data)


def parse(page):
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    return checker


def figures(n=30, **options):
    rng = np.random.default_rng(0)
    truth = rng.integers(7, size=n)
    scores = np.exp(rng.normal(size=(n, 7)) + 2 * np.eye(7)[truth])
    return summarise(truth, scores / scores.sum(axis=1, keepdims=True), labels=EMOTIONS,
                     uncertainty=rng.random(n), resamples=20, **options)


ROW = {'n': 30, 'accuracy': 0.5, 'ece': 0.1, 'mean_uncertainty': 0.3, 'mean_conflict': 0.2,
       'intervals': {'accuracy': (0.3, 0.7)}}
CORRUPTION = {
    'corruption': 'noise', 'modality': 'speech', 'unit': 'dB SNR', 'rank_correlation': -1.0,
    'together': True,
    'trends': {'accuracy': -1.0, 'mean_confidence': -1.0, 'mean_uncertainty': 1.0},
    'levels': [{'level': level, 'accuracy': 0.5, 'mean_confidence': 0.6, 'ece': 0.1,
                'mean_uncertainty': 0.3} for level in (None, 20, 0)]}


def manifest_report():
    return {
        'manifest': 'm<1>.csv', 'profile': 'lite', 'preset': 'paper',
        'modalities': {'face': figures(), 'text': figures()}, 'fused': figures(),
        'subsets': [{'modalities': ['face'], **ROW}, {'modalities': ['face', 'text'], **ROW}],
        'presets': [{'preset': 'paper', **ROW}], 'corruptions': [CORRUPTION],
        'skipped': [{'line': 3, 'modality': 'face', 'reason': 'a & b'}]}


@pytest.fixture(scope='module')
def page():
    return report_page(manifest_report())


def test_a_page_has_a_section_for_each_part_of_the_report(page):
    assert parse(page).headings == [
        'Summary', 'Classes', 'Confidence', 'Choices of modalities', 'Presets',
        'Worse and worse input']


def test_a_page_needs_nothing_but_itself(page):
    sources = parse(page).sources
    assert len(sources) == 5
    assert all(source.startswith('data:image/svg+xml;base64,') for source in sources)
    assert not re.search(r'https?://', page)
    assert '$' not in page


def test_names_from_outside_are_escaped(page):
    assert 'm&lt;1&gt;.csv' in page
    assert 'a &amp; b' in page
    assert '<1>' not in page


def test_equal_reports_give_equal_pages(page):
    assert report_page(manifest_report()) == page


def test_a_data_set_report_leaves_out_what_it_does_not_have():
    report = {'dataset': 'xed', 'split': 'test', 'modality': 'text', 'model': 'lite', **figures()}
    page = report_page(report)
    assert parse(page).headings == ['Summary', 'Classes', 'Confidence']
    assert f'{report["accuracy"]:.3f}' in page


@pytest.mark.parametrize('decision', ['fear', None])
def test_a_bag_report_shows_its_timeline_and_every_span(decision):
    flat = np.full(7, 1 / 7)
    states = [Emotion(10 ** 9 * second, 10 ** 9, '', 'fear', 1 / 7, 0.5, 0.1, EMOTIONS, flat / 2,
                      flat, flat * 7) for second in (1, 2)]
    span = {'start': 0.0, 'end': 2.0, 'label': 'anger', 'person_id': 'Ann', 'states': 2,
            'decision': decision}
    page = report_page({
        'bag': 'walk', 'preset': 'paper', 'modalities': {'text': figures()}, 'fused': figures(),
        'states': figures(), 'decisions': [span], 'inputs': [], 'origin': 10 ** 9,
        'end': 4 * 10 ** 9}, states)
    checked = parse(page)
    assert checked.headings[-1] == 'Timeline'
    assert checked.sources[-1].startswith('data:image/png;base64,')
    assert '0 to 2, Ann' in page
    assert (decision or 'nothing perceived') in page
