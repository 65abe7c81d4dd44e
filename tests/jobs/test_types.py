import pytest

from retrostats.jobs.types import Workers


def test_a_number_means_processes_of_this_machine():
    assert Workers.of(3) == Workers(count=3, backend="loky", scheduler=None)
    given = Workers(count=2, backend="threads")
    assert Workers.of(given) is given


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"count": 0}, "1 or more, got 0"),
        ({"backend": "spark"}, "'loky', 'threads' or 'dask', got 'spark'"),
        ({"scheduler": "tcp://a:1"}, "belongs to the backend 'dask', and the backend is 'loky'"),
        ({"backend": "dask"}, "needs the address of a scheduler"),
        ({"backend": "dask", "scheduler": ""}, "needs the address of a scheduler"),
        ({"backend": "dask", "scheduler": "tcp://a:1", "count": 2}, "leave out the count of 2"),
    ],
)
def test_contradictions_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        Workers(**given)


@pytest.mark.parametrize("count", [True, 2.0, "2", None])
def test_a_count_is_a_whole_number(count):
    with pytest.raises(TypeError, match="a whole number or Workers, got"):
        Workers.of(count)


@pytest.mark.parametrize(
    ("workers", "words"),
    [
        (Workers(), "this process"),
        (Workers(count=2), "2 processes"),
        (Workers(count=2, backend="threads"), "2 threads of this process"),
        (Workers(backend="dask", scheduler="tcp://a:1"), "the dask cluster at tcp://a:1"),
    ],
)
def test_workers_are_told_in_words(workers, words):
    assert str(workers).endswith(words)
