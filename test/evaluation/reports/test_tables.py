"""Reports as tables."""

from io import StringIO

from rich.console import Console

from mer_ros.evaluation.reports.report_terminal import report_table


def render(report, width=200):
    stream = StringIO()
    Console(width=width, file=stream).print(report_table(report))
    return stream.getvalue()


def test_a_manifest_report_shows_each_modality_the_fusion_and_what_was_left_out():
    text = render({
        'manifest': 'm.csv',
        'modalities': {
            'speech': {'model': 'lite', 'n': 3, 'accuracy': 0.5, 'never_learned': {'surprise': 2},
                       'intervals': {'accuracy': [0.25, 0.75]}},
            'text': {'model': 'lite', 'n': 0, 'never_learned': {}}},
        'fused': {'n': 3, 'accuracy': 0.625, 'error_auroc': None,
                  'intervals': {'accuracy': [0.5, 0.875]}},
        'skipped': [{'line': 4, 'modality': 'speech', 'reason': 'a.wav is silent'}],
        'unusable': [{'line': 4, 'id': '4', 'label': 'fear'}],
        'face_crops': {'whole_image': 1}})
    for expected in ('m.csv', '0.500', '0.625 [0.500, 0.875]', 'never learned surprise; 2 rows',
                     'line 4, speech: a.wav is silent', 'line 4: nothing usable',
                     'found in 0 images; 1 images taken whole'):
        assert expected in text


def test_a_data_set_report_shows_the_figures_within_its_classes():
    text = render({'dataset': 'xed', 'split': 'test', 'modality': 'text', 'model': 'lite', 'n': 2,
                   'accuracy': 0.5, 'never_learned': {},
                   'within_classes': {'n': 2, 'accuracy': 0.75}})
    for expected in ('xed test', '0.500', 'within its', '0.750'):
        assert expected in text


COMPARED = {
    'manifest': 'm.csv', 'preset': 'paper', 'modalities': {}, 'fused': {'n': 9, 'accuracy': 0.5},
    'subsets': [{'modalities': ['face'], 'n': 9, 'accuracy': 0.25,
                 'intervals': {'accuracy': [0.125, 0.375]}},
                {'modalities': ['face', 'text'], 'n': 9, 'accuracy': 0.5}],
    'presets': [{'preset': 'paper', 'n': 9, 'accuracy': 0.5}],
    'corruptions': [{
        'corruption': 'blur', 'modality': 'face', 'unit': '% of side', 'rank_correlation': -0.9,
        'together': True,
        'trends': {'accuracy': -1.0, 'mean_confidence': None, 'mean_uncertainty': 0.5},
        'levels': [{'level': None, 'accuracy': 0.5}, {'level': 2, 'accuracy': 0.375}]}],
}


def test_comparisons_and_corruptions_have_tables_of_their_own():
    text = render(COMPARED)
    for expected in ('Choices of modalities', 'face + text', '0.250 [0.125, 0.375]', 'Presets',
                     'blur (face)', 'clean', '2 % of side', '0.375', '-1.00', '+0.50', '-0.90',
                     'yes'):
        assert expected in text


def test_a_narrow_terminal_loses_the_intervals_and_no_figure():
    text = render(COMPARED, width=34)
    assert '0.250' in text
    assert '[0.125' not in text


def test_a_bag_report_tells_spans_from_states_and_names_what_was_not_perceived():
    text = render({
        'bag': 'walk', 'modalities': {'text': {'n': 1, 'accuracy': 1.0}}, 'preset': 'paper',
        'fused': {'n': 1, 'accuracy': 1.0}, 'states': {'n': 5, 'accuracy': 0.75},
        'inputs': ['text from /asr', '2 x empty: no words'],
        'decisions': [{'start': 1.5, 'end': 2.0, 'label': 'fear', 'decision': None}]})
    for expected in ('walk, preset paper', '0.750', '2 x empty: no words',
                     '1.5 to 2 s, fear: nothing perceived'):
        assert expected in text


def test_a_long_list_of_what_was_left_out_is_cut():
    skipped = [{'line': line, 'modality': 'face', 'reason': 'broken'} for line in range(2, 102)]
    text = render({'manifest': 'm.csv', 'modalities': {}, 'fused': {'n': 1, 'accuracy': 1.0},
                   'skipped': skipped})
    assert text.count('broken') == 20
    assert 'and 80 more' in text
