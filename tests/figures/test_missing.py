"""The figure of missing values, read back: shares, marks, counts, and rows that are joined."""

from functools import lru_cache
from itertools import combinations

import numpy as np
import pytest
from matplotlib.text import Text

from retrostats.description.types import MissingPattern, MissingPatterns
from retrostats.figures.missing import missing_height, plot_missing
from retrostats.figures.missing_rows import kind_of, kinds, pattern_rows
from retrostats.figures.saving import save_figure
from retrostats.figures.style import blank_axes, describe

VISITS = ("baseline", "week 3", "week 6")
NAMES = {"control": "Usual care", "retro": "Retro walking"}


def pattern(seen, *counts):
    return MissingPattern(seen=tuple(letter == "x" for letter in seen), counts=counts)


def patterns(*rows, visits=VISITS, arms=("control", "retro")):
    sizes = tuple(sum(row.counts[k] for row in rows) for k in range(len(arms)))
    return MissingPatterns(outcome="Pain", visits=visits, arms=arms, sizes=sizes, patterns=rows)


TRIAL = patterns(
    pattern("xxx", 6, 8), pattern("x--", 3, 1), pattern("x-x", 1, 0), pattern("---", 0, 1)
)


def simulated(arms, visits, n):
    generator = np.random.default_rng(arms)
    seen = generator.random((n, visits)) > 0.1
    seen &= np.arange(visits) < generator.integers(1, 3 * visits, n)[:, None]
    arm = generator.integers(0, arms, n)
    rows, which = np.unique(seen, axis=0, return_inverse=True)
    found = [
        MissingPattern(
            seen=tuple(row.tolist()),
            counts=tuple(np.bincount(arm[which.ravel() == k], minlength=arms).tolist()),
        )
        for k, row in enumerate(rows)
    ]
    found.sort(key=lambda one: (not all(one.seen), -one.total))
    labels = tuple(f"week {6 * k}" for k in range(visits))
    return patterns(*found, visits=labels, arms=tuple(f"arm {k}" for k in range(arms)))


def anew(found=TRIAL, width=170.0, names=NAMES):
    height = missing_height(found, width=width)
    return plot_missing(found, arm_names=names, ax=blank_axes(width, height))


@lru_cache(maxsize=1)
def usual():
    """The figure that most tests read, drawn once."""
    return anew()


def drawn(*arguments, **options):
    return anew(*arguments, **options) if arguments or options else usual()


def parts(ax):
    upper, _, matrix, counts = ax.figure.axes
    return upper, matrix, counts


def artists(ax, gid):
    return [artist for artist in ax.findobj() if artist.get_gid() == gid]


def plain(text):
    return " ".join(text.get_text().split())


def test_shares_observed_are_drawn_for_each_arm():
    upper, *_ = parts(drawn())
    control, retro = artists(upper, "observed")
    assert list(control.get_ydata()) == [1.0, 0.6, 0.7]
    assert list(retro.get_ydata()) == [0.9, 0.8, 0.8]
    assert [round(x) for x in retro.get_xdata()] == [0, 1, 2]
    assert all(a < b for a, b in zip(control.get_xdata(), retro.get_xdata(), strict=True))
    assert control.get_marker() != retro.get_marker()
    assert upper.get_ylim() == (0, 1)


def test_marks_are_filled_where_a_visit_was_seen():
    _, matrix, _ = parts(drawn())
    (seen,), (missed,) = artists(matrix, "seen"), artists(matrix, "missed")
    filled, hollow = (set(zip(*line.get_data(), strict=True)) for line in (seen, missed))
    assert filled == {(0, 0), (1, 0), (2, 0), (0, 1), (0, 2), (2, 2)}
    assert hollow == {(1, 1), (2, 1), (1, 2), (0, 3), (1, 3), (2, 3)}
    assert missed.get_markerfacecolor() == "white"
    labels = [text.get_text() for text in matrix.get_yticklabels()]
    assert labels == ["complete", "dropout", "intermittent", "never seen"]
    assert [text.get_text() for text in matrix.get_xticklabels()] == list(VISITS)
    # The first row is at the top, and visits stand below their shares.
    assert matrix.get_ylim()[0] > matrix.get_ylim()[1]
    assert matrix.get_xlim() == parts(drawn())[0].get_xlim()


def test_counts_and_shares_of_each_arm_and_of_all():
    _, matrix, counts = parts(drawn())
    told = [(int(text.get_position()[0]), text.get_text()) for text in artists(counts, "count")]
    columns = [[word for place, word in told if place == column] for column in range(3)]
    assert columns == [["6", "3", "1", "0"], ["8", "1", "0", "1"], ["14", "4", "1", "1"]]
    widths = [bar.get_width() for bar in artists(counts, "share")]
    longest = widths[0] / 0.6
    assert widths == pytest.approx(
        [longest * share for share in (0.6, 0.3, 0.1, 0, 0.8, 0.1, 0, 0.1, 0.7, 0.2, 0.05, 0.05)]
    )
    assert counts.get_ylim() == matrix.get_ylim()
    alone = parts(drawn(patterns(pattern("xxx", 3), arms=("retro",))))[2]
    assert len(artists(alone, "count")) == 1


def test_the_rarest_patterns_share_a_row_and_lose_nobody():
    found = simulated(3, 8, 600)
    rows = pattern_rows(found)
    assert len(found.patterns) > 12
    assert len(rows) == 12
    assert rows[-1].joined == len(found.patterns) - 11
    totals = tuple(sum(numbers) for numbers in zip(*(row.counts for row in rows), strict=True))
    assert totals == found.sizes
    _, matrix, _ = parts(drawn(found, names=None))
    assert [plain(text) for text in artists(matrix, "joined")] == [
        f"{rows[-1].joined} further patterns"
    ]
    assert matrix.get_yticklabels()[-1].get_text() == "others"
    twelve = patterns(*found.patterns[:12], visits=found.visits, arms=found.arms)
    assert [row.joined for row in pattern_rows(twelve)] == [0] * 12


def test_kinds_of_patterns():
    told = ["xxx", "xx-", "x--", "---", "x-x", "-xx", "--x"]
    assert [kind_of(pattern(seen, 1)) for seen in told] == [
        "complete", "dropout", "dropout", "never seen", "intermittent", "intermittent",
        "intermittent",
    ]  # fmt: skip
    assert kinds(TRIAL) == {"complete": 14, "dropout": 4, "intermittent": 1, "never seen": 1}


def test_each_panel_is_described():
    upper, matrix, counts = (describe(panel) for panel in parts(drawn()))
    assert upper == (
        "Subjects whose Pain is known at each visit: Usual care baseline 10 of 10, week 3 6 of 10, "
        "week 6 7 of 10; Retro walking baseline 9 of 10, week 3 8 of 10, week 6 8 of 10."
    )
    assert matrix == (
        "4 patterns of visits seen and missed; subjects: complete 14 of 20, dropout 4 of 20, "
        "intermittent 1 of 20, never seen 1 of 20."
    )
    assert counts == (
        "Subjects with each pattern, by arm: complete: Usual care 6, Retro walking 8; dropout "
        "(missing at week 3, week 6): Usual care 3, Retro walking 1; intermittent (missing at week "
        "3): Usual care 1, Retro walking 0; never seen (missing at baseline, week 3, week 6): "
        "Usual care 0, Retro walking 1."
    )


@pytest.mark.whole
@pytest.mark.parametrize(("arms", "visits", "width"), [(1, 2, 170.0), (3, 3, 85.0), (7, 12, 85.0)])
def test_words_touch_neither_one_another_nor_the_edge(arms, visits, width):
    names = {f"arm {k}": f"Retro walking on a treadmill with supervision {k}" for k in range(arms)}
    ax = drawn(simulated(arms, visits, 400), width, names)
    ax.figure.draw_without_rendering()
    texts = [t for t in ax.figure.findobj(Text) if t.get_text().strip() and t.get_visible()]
    boxes = [text.get_window_extent() for text in texts]
    page = ax.figure.bbox
    for box, text in zip(boxes, texts, strict=True):
        assert page.x0 <= box.x0, text.get_text()
        assert box.x1 <= page.x1, text.get_text()
        assert page.y0 <= box.y0, text.get_text()
        assert box.y1 <= page.y1, text.get_text()
    for (a, one), (b, other) in combinations(zip(boxes, texts, strict=True), 2):
        assert not a.padded(-0.6).overlaps(b.padded(-0.6)), (one.get_text(), other.get_text())
    assert min(text.get_fontsize() for text in texts) >= 6


def test_numbers_that_do_not_fit_are_left_out_and_the_figure_says_so():
    narrow = drawn(simulated(7, 12, 100_000), 85.0, None)
    _, _, counts = parts(narrow)
    assert artists(counts, "count") == []
    assert "numbers: subjects, where they fit" in plain(artists(counts, "explained")[0])
    assert "where they fit" not in plain(artists(parts(drawn())[2], "explained")[0])


def test_an_empty_arm_has_a_name_and_no_share():
    found = patterns(pattern("xxx", 0, 3), pattern("x--", 0, 1))
    ax = drawn(found)
    empty, retro = artists(ax, "observed")
    assert len(empty.get_xdata()) == 0
    assert list(retro.get_ydata()) == [1, 0.75, 0.75]
    (key,) = artists(ax.figure, "key")
    assert [plain(t) for t in key.get_texts()] == ["Usual care (n = 0)", "Retro walking (n = 4)"]


def test_files_repeat(tmp_path):
    paths = [save_figure(anew(), tmp_path / name, width="double") for name in ("a.svg", "b.svg")]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_nobody_is_refused():
    with pytest.raises(ValueError, match="plot_missing: there is no subject in any arm"):
        plot_missing(patterns(arms=("retro",)))
    placed = blank_axes(170.0, 60.0).figure.add_axes((0, 0, 1, 1))
    with pytest.raises(ValueError, match="plot_missing: these Axes have no place in a grid"):
        plot_missing(TRIAL, ax=placed)


def test_joined_patterns_are_named_beside_their_row_where_it_is_too_narrow():
    found = simulated(7, 5, 200)
    ax = anew(found, width=85.0)
    _, _, matrix, _ = ax.figure.axes
    last = matrix.get_yticklabels()[-1].get_text()
    assert last == f"{len(found.patterns) - 11} others"
    assert "joined" not in [text.get_gid() for text in matrix.texts]


def test_the_key_never_breaks_a_number_from_its_n():
    names = {"control": "A long name of an arm that needs a second line in its key of the figure"}
    ax = anew(width=85.0, names=names | {"retro": "Retro walking with a name of some length too"})
    texts = [text.get_text() for text in ax.figure.axes[1].get_legend().get_texts()]
    assert all("(n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}" in text for text in texts)
