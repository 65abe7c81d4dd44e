"""Wrapping, and labels that keep apart."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrostats.figures.free_space import find_places
from retrostats.figures.words import apart, kept_together, width_mm, wrapped


def test_lines_fit_and_lose_no_letter():
    text = "Strengthening exercise under supervision of a physiotherapist (n = 23)"
    for width in (11.0, 14.0, 30.0):
        lines = wrapped(kept_together(text), width, 6.5)
        assert max(width_mm(line, 6.5) for line in lines) <= width
        joined = "".join(lines).replace("-", "").replace("\N{NO-BREAK SPACE}", " ")
        assert joined.replace(" ", "") == text.replace(" ", "")
        assert lines[-1].endswith("(n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}23)")
    assert wrapped("", 10.0, 7) == [""]


def test_bold_words_are_wider():
    assert width_mm("Allocated", 7, weight="bold") > width_mm("Allocated", 7) > 0


moves = st.lists(st.tuples(st.floats(0, 50), st.floats(1, 8)), min_size=1, max_size=6)


@given(moves)
def test_labels_keep_apart_and_move_only_where_needed(items):
    wanted, sizes = [w for w, _ in items], [s for _, s in items]
    placed = apart(wanted, sizes)
    edges = sorted((p - s / 2, p + s / 2) for p, s in zip(placed, sizes, strict=True))
    for (_, high), (low, _) in itertools.pairwise(edges):
        assert low >= high - 1e-9
    alone = sorted((w - s / 2, w + s / 2) for w, s in items)
    if all(low > high for (_, high), (low, _) in itertools.pairwise(alone)):
        assert placed == pytest.approx(wanted)


@given(moves)
def test_labels_stay_within_where_there_is_room(items):
    wanted, sizes = [w for w, _ in items], [s for _, s in items]
    placed = apart(wanted, sizes, within=(0.0, 50.0))
    for place, size in zip(placed, sizes, strict=True):
        assert place - size / 2 >= -1e-9
        assert place + size / 2 <= 50 + 1e-9


def test_a_block_moves_as_little_as_possible():
    assert apart([10.0, 10.0], [4.0, 4.0]) == [8.0, 12.0]
    assert apart([10.0, 11.0, 30.0], [4.0, 4.0, 4.0]) == [8.5, 12.5, 30.0]


LOW = np.array([[0.0, 30.0], [20.0, 30.0], [20.0, 5.0], [80.0, 5.0]])
HIGH = np.array([[0.0, 32.0], [60.0, 32.0], [60.0, 5.5], [80.0, 5.5]])


def gap(label, curve):
    """Distance of a label of 15 by 3 mm from the nearest of many points of a curve."""
    points = np.concatenate(
        [a + (b - a) * np.linspace(0, 1, 400)[:, None] for a, b in itertools.pairwise(curve)]
    )
    corner = np.array([label.left, label.bottom])
    beyond = points - np.clip(points, corner, corner + np.array([15.0, 3.0]))
    return np.hypot(*beyond.T).min()


def test_a_label_finds_free_space_beside_its_own_curve():
    first, second = find_places([LOW, HIGH], [(15.0, 3.0), (15.0, 3.0)], room=(80.0, 40.0))
    assert first.leader is None
    assert second.leader is None
    for label, own, other in ((first, LOW, HIGH), (second, HIGH, LOW)):
        assert 0 < gap(label, own) < gap(label, other)


def test_a_curve_between_others_gets_a_leader():
    below, above = LOW - np.array([0, 0.5]), LOW + np.array([0, 0.5])
    *_, middle = find_places([below, above, LOW], [(9.0, 3.0)] * 3, room=(80.0, 40.0))
    assert middle.leader is not None
    (x0, y0), (x1, y1) = middle.leader
    assert middle.left - 1e-9 <= x0 <= middle.left + 9 + 1e-9
    assert middle.bottom - 1e-9 <= y0 <= middle.bottom + 3 + 1e-9
    on_curve = [
        min(a[0], b[0]) - 1e-9 <= x1 <= max(a[0], b[0]) + 1e-9
        and min(a[1], b[1]) - 1e-9 <= y1 <= max(a[1], b[1]) + 1e-9
        for a, b in itertools.pairwise(LOW)
    ]
    assert any(on_curve)


def test_a_line_break_of_a_cell_ends_a_word_and_no_line():
    assert wrapped("Trial\nA\r\nof  2020", 200, 7) == ["Trial A of 2020"]
    assert wrapped("Trial\N{NO-BREAK SPACE}A", 200, 7) == ["Trial\N{NO-BREAK SPACE}A"]
