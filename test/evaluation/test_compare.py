"""Comparisons of modalities and presets."""

from mer_ros.evaluation.compare import compare, compared, subsets


def test_there_are_two_to_the_n_minus_one_choices_smallest_first():
    assert subsets('abc') == [
        ('a',), ('b',), ('c',), ('a', 'b'), ('a', 'c'), ('b', 'c'), ('a', 'b', 'c')]


def test_subsets_use_the_given_preset_and_presets_all_modalities():
    asked = []

    def measure(names, preset):
        asked.append((names, preset))
        return {'n': 1, 'accuracy': 0.5, 'brier': 0.25}

    report = compare(['face', 'text'], 'basic', measure)
    assert asked == [
        (('face',), 'basic'), (('text',), 'basic'), (('face', 'text'), 'basic'),
        *((('face', 'text'), preset) for preset in ('paper', 'basic', 'calibrated'))]
    assert report['subsets'][0] == {'modalities': ['face'], 'n': 1, 'accuracy': 0.5}


def test_only_the_compared_figures_keep_their_intervals():
    bounds = {'accuracy': (0.25, 0.75), 'ece': (0.0, 0.5), 'nll': (0.5, 1.0)}
    assert compared({'n': 2, 'accuracy': 0.5, 'nll': 0.75, 'intervals': bounds}) == {
        'n': 2, 'accuracy': 0.5, 'nll': 0.75,
        'intervals': {'accuracy': (0.25, 0.75), 'ece': (0.0, 0.5)}}
