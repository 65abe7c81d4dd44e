import hashlib

import pytest

from retrostats.data.catalogue import data_folder, list_trials, load_trial
from retrostats.data.claims import load_claims, read_claims
from retrostats.data.grammar import RESERVED_OUTCOMES
from retrostats.data.published import split_contrast
from retrostats.errors import DataError

CLAIM = """\
[[claims]]
id = "first"
text = "Walking helps."
stated_by = "an article"
evidence = ["qiu2023"]
"""
FIGURE = """
[[claims.figures]]
trial = "qiu2023"
outcome = "TUG"
"""


@pytest.fixture(scope="module")
def bundled():
    return read_claims(data_folder() / "claims.toml")


def test_the_bundled_claims_carry_the_digest_of_their_file(bundled):
    raw = (data_folder() / "claims.toml").read_bytes()
    assert bundled.digest == hashlib.sha256(raw).hexdigest()
    assert len(bundled.claims) > 5
    assert len({claim.id for claim in bundled.claims}) == len(bundled.claims)


def test_every_study_of_a_claim_exists(bundled):
    named = {study for claim in bundled.claims for study in claim.evidence}
    assert named <= set(list_trials())


def test_every_figure_of_a_claim_points_at_an_outcome_of_its_study(bundled):
    figures = [figure for claim in bundled.claims for figure in claim.figures]
    assert figures
    for figure in figures:
        trial = load_trial(figure.trial)
        assert figure.outcome in {o.name for o in trial.outcomes} | RESERVED_OUTCOMES, figure
        times = figure.timepoint.removeprefix("change ").split("/") if figure.timepoint else []
        assert set(times) <= set(trial.timepoints), figure
        labels = tuple(arm.label for arm in trial.arms)
        assert not figure.contrast or not labels or split_contrast(figure.contrast, labels), figure


def test_a_claim_is_read_with_its_figures_and_defaults(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(CLAIM + FIGURE)
    (claim,) = read_claims(path).claims
    assert (claim.id, claim.needs, claim.evidence) == ("first", "any", ("qiu2023",))
    (figure,) = claim.figures
    assert (figure.outcome, figure.bears, figure.expect) == ("TUG", "decides", "")


SECOND = CLAIM.replace("first", "second")
FAULTS = {
    "an unknown key": (CLAIM + "verdict = 1\n", "line 6, key claims.verdict: unknown key"),
    "an unknown top key": ("verdict = 1\n" + CLAIM, "line 1, key verdict: unknown key"),
    "claims that are a number": ("claims = 3\n", "line 1, key claims: claims = 3 should be"),
    "claims of numbers": ("claims = [1]\n", "line 1, key claims: 1 should be a table of keys"),
    "figures of numbers": (CLAIM + "figures = [1]\n", "key claims.figures: 1 should be a table"),
    "evidence of lists": (
        CLAIM.replace('["qiu2023"]', "[[]]"),
        "line 5, key claims.evidence: [] should be the id of a study, as text",
    ),
    "a figure of another study": (
        CLAIM + FIGURE.replace("qiu2023", "zahra"),
        "line 5, key claims.evidence: 'zahra' has a figure but is not in evidence",
    ),
    "a claim twice": (CLAIM + CLAIM, "line 7, key claims.id: claim 'first' stands twice"),
    "a figure of the second claim": (
        CLAIM + FIGURE + SECOND + FIGURE + 'bears = "perhaps"\n',
        "line 19, key claims.figures.bears: bears = 'perhaps' is not known",
    ),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_a_claim_is_told_with_its_line(tmp_path, text, message):
    path = tmp_path / "claims.toml"
    path.write_text(text)
    with pytest.raises(DataError) as error:
        read_claims(path)
    head, *lines = str(error.value).split("\n")
    assert head == "the claims in claims.toml: 1 fault found."
    (line,) = lines
    assert message in line
    assert line.startswith(f"  1. {tmp_path.name}/claims.toml")


def test_the_bundled_claims_are_loaded_where_no_file_is_named(tmp_path):
    bundled = data_folder() / "claims.toml"
    assert load_claims() == read_claims(bundled).claims
    own = tmp_path / "claims.toml"
    own.write_text(bundled.read_text(encoding="utf-8").replace("pain-retro-vs-forward", "mine"))
    assert load_claims(own)[0].id == "mine"
    own.write_text("[[claims]]\nid = 1\n")
    with pytest.raises(DataError, match="line 2"):
        load_claims(own)
