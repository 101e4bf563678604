"""Of two people in films side by side, whoever moves the lips is foremost."""

import pytest

SPLIT = 'test'


@pytest.fixture
def bench(repository, shared_data, monkeypatch):
    monkeypatch.syspath_prepend(str(repository / 'benchmarks'))
    import bench_speaker

    return bench_speaker


def test_who_talks_is_found_by_the_lips_where_faces_are_of_one_size(bench, shared_data):
    folder = shared_data / 'grid_talking'
    films = [bench.read_film(folder / line['path'])
             for line in bench.read_table(folder / 'labels.csv') if line['split'] == SPLIT]
    assert len(films) == 2
    assert bench.share_right(films, every=2, speaker='lips') > 0.7
    assert bench.share_right(films, every=5, speaker='largest') < 0.6
