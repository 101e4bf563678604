"""Reports as tables."""

from io import StringIO

from rich.console import Console

from mer_ros.evaluation.tables import report_table


def render(report):
    stream = StringIO()
    Console(width=200, file=stream).print(report_table(report))
    return stream.getvalue()


def test_a_manifest_report_shows_each_modality_the_fusion_and_what_was_left_out():
    text = render({
        'manifest': 'm.csv',
        'modalities': {
            'speech': {'model': 'lite', 'n': 3, 'accuracy': 0.5, 'never_learned': {'surprise': 2},
                       'intervals': {'accuracy': [0.25, 0.75]}},
            'text': {'model': 'lite', 'n': 0, 'never_learned': {}}},
        'fused': {'n': 3, 'accuracy': 0.625, 'error_auroc': None},
        'skipped': [{'line': 4, 'modality': 'speech', 'reason': 'a.wav is silent'}],
        'unusable': [{'line': 4, 'id': '4', 'label': 'fear'}],
        'face_crops': {'whole_image': 1}})
    for expected in ('m.csv', '0.500', '[0.250, 0.750]', '0.625', 'never learned surprise; 2 rows',
                     'line 4, speech: a.wav is silent', 'line 4: nothing usable',
                     'found in 0 images; 1 images taken whole'):
        assert expected in text


def test_a_data_set_report_shows_the_figures_within_its_classes():
    text = render({'dataset': 'xed', 'split': 'test', 'modality': 'text', 'model': 'lite', 'n': 2,
                   'accuracy': 0.5, 'never_learned': {},
                   'within_classes': {'n': 2, 'accuracy': 0.75}})
    for expected in ('xed test', '0.500', 'within its classes', '0.750'):
        assert expected in text
