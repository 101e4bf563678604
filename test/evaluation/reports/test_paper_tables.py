"""The tables of the paper."""

import pytest

from mer_ros.evaluation.reports.paper_tables import confusion_grid, fused_figures, paper_grids

BOUNDS = {'accuracy': (0.25, 0.75)}


def figures(preset, names, accuracy):
    return {'preset': preset, 'modalities': names, 'n': 4, 'accuracy': accuracy,
            'neutral_tolerant_accuracy': accuracy + 0.125, 'intervals': BOUNDS,
            'confusion': {'labels': ['anger', 'neutral'], 'counts': [[1, 0], [2, 3]]}}


@pytest.fixture
def report():
    measures = {'uncertainty': 0.5, 'entropy': 1.25, 'conflict': None}
    return {
        'paper': {
            'figures': [figures(preset, names, accuracy) for preset, accuracy in (
                ('basic', 0.25), ('paper', 0.5), ('calibrated', 0.75))
                for names in (['face'], ['face', 'text'])],
            'gain': {'accuracy': 0.25, 'neutral_tolerant_accuracy': -0.125,
                     'intervals': {'accuracy': (0.0, 0.5)}}},
        'unseen': [{'label': 'contempt', 'preset': 'paper', 'n': 3, 'seen': 4,
                    'predicted': {'anger': 0.0, 'neutral': 0.979}, 'mean': measures,
                    'mean_seen': measures, 'auroc': measures}]}


def test_figure_1_has_a_row_a_choice_of_modalities_and_columns_by_method(report):
    accuracies = paper_grids(report)[0]
    assert accuracies.columns[1:5] == (
        'basic accuracy', 'basic neutral tolerant', 'advanced accuracy',
        'advanced neutral tolerant')
    assert accuracies.columns[accuracies.main] == 'advanced accuracy'
    assert accuracies.rows[1] == (
        'face + text', '0.250 [0.250, 0.750]', '0.375', '0.500 [0.250, 0.750]', '0.625',
        '0.750 [0.250, 0.750]', '0.875')
    assert 'accuracy +0.250 [+0.000, +0.500], neutral tolerant -0.125' in accuracies.notes[0]


def test_a_modality_without_clips_has_no_figure(report):
    report['paper']['figures'][0] = {'preset': 'basic', 'modalities': ['face'], 'n': 0}
    assert paper_grids(report)[0].rows[0][:3] == ('face', '-', '-')


def test_figure_3_is_of_all_modalities_under_a_preset(report):
    assert fused_figures(report, 'basic') is report['paper']['figures'][1]
    assert confusion_grid(report, 'paper').rows == (('anger', '1', ''), ('neutral', '2', '3'))


def test_figure_2_says_what_an_unseen_class_is_taken_for_and_how_doubtful_that_is(report):
    taken, doubt = paper_grids(report)[2:]
    assert taken.title == 'What contempt is taken for (3 clips)'
    assert taken.rows == (('advanced', '0.0%', '97.9%'),)
    assert doubt.columns[1:4] == ('u', 'u, learned', 'u, AUROC')
    assert doubt.rows[0][1:] == ('0.500',) * 3 + ('1.250',) * 3 + ('-',) * 3


def test_other_reports_have_none_of_these():
    assert paper_grids({'dataset': 'emodb'}) == []
