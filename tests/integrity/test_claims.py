"""Claims: the rule on made-up figures, and the verdicts on the bundled ones."""

import pytest

from retrostats.analysis.reproduce import reproduce
from retrostats.data.catalogue import data_folder, load_trials
from retrostats.data.claims import Claim, ClaimFigure, read_claims
from retrostats.errors import DataError
from retrostats.integrity.claims import judge, judge_claims

SIZES = "treated,sample,analysed,n,18\ncontrol,sample,analysed,n,18\n"
MEANS = (
    "treated,pain,6wk,mean,30.0\ntreated,pain,6wk,sd,9.0\n"
    "control,pain,6wk,mean,40.0\ncontrol,pain,6wk,sd,9.0\n"
)


def verdict_of(trial, *figures, needs="any"):
    claim = Claim(
        id="c", text="t", stated_by="s", evidence=(trial.id,), figures=figures, needs=needs
    )
    judged = judge(claim, {trial.id: reproduce(trial)})
    return judged.verdict, [finding.says for finding in judged.findings]


def look(**where):
    return ClaimFigure(trial="made_up", outcome="pain", **{"contrast": "treated - control"} | where)


def p_row(printed, timepoint="6wk"):
    return f",pain,{timepoint},p,{printed},treated - control,t-test\n"


def test_a_significant_difference_in_the_claimed_direction_supports(trial_of):
    # t = 10 / 3 = 3.33 with 34 df: p = 0.0021
    trial = trial_of(SIZES + MEANS + p_row("0.002"))
    assert verdict_of(trial, look()) == ("supported", ["for"])


def test_a_significant_difference_in_the_other_direction_contradicts(trial_of):
    swapped = MEANS.replace("treated", "x").replace("control", "treated").replace("x,", "control,")
    trial = trial_of(SIZES + swapped + p_row("0.002"))
    assert verdict_of(trial, look()) == ("contradicted", ["against"])


def test_an_expected_direction_goes_before_the_declared_benefit(trial_of):
    trial = trial_of(SIZES + MEANS + p_row("0.002"))
    assert verdict_of(trial, look(expect="higher")) == ("contradicted", ["against"])
    assert verdict_of(trial, look(expect="lower")) == ("supported", ["for"])


@pytest.mark.parametrize(
    ("printed", "says"),
    [
        ("P < 0.05", "for"),
        ("0.049", "for"),
        ("0.05", "silent"),
        ("0.051", "against"),
        ("P > 0.05", "against"),
        ("not significant", "against"),
    ],
)
def test_the_printed_p_decides_where_its_digits_do(trial_of, printed, says):
    assert verdict_of(trial_of(p_row(printed)), look())[1] == [says]


def test_a_print_that_its_own_figures_overturn_does_not_support(trial_of):
    close = MEANS.replace("40.0", "31.0")
    trial = trial_of(SIZES + close + p_row("P < 0.05"))
    assert verdict_of(trial, look()) == ("contradicted", ["against"])


def test_figures_that_imply_a_difference_leave_a_printed_none_open(trial_of):
    trial = trial_of(SIZES + MEANS + p_row("P > 0.05"))
    assert verdict_of(trial, look()) == ("not checkable", ["silent"])


def test_one_failing_figure_contradicts_only_where_every_one_is_needed(trial_of):
    trial = trial_of(p_row("0.01") + p_row("0.30", "change 6wk"))
    both = look(timepoint="6wk"), look(timepoint="change 6wk")
    assert verdict_of(trial, *both)[0] == "mixed"
    assert verdict_of(trial, *both, needs="every")[0] == "contradicted"


def test_a_figure_that_is_only_shown_does_not_decide(trial_of):
    trial = trial_of(p_row("0.01"))
    assert verdict_of(trial, look(bears="shown")) == ("not checkable", ["for"])


def test_nothing_printed_is_silent_and_baseline_comparisons_do_not_count(trial_of):
    assert verdict_of(trial_of(p_row("0.01", "baseline")), look()) == ("not checkable", ["silent"])


def test_an_interval_speaks_where_no_p_is_printed(trial_of):
    rows = (
        ",pain,6wk,mean_difference,-9,treated - control,t-test\n"
        ",pain,6wk,ci_low,-16,treated - control,t-test\n"
        ",pain,6wk,ci_high,{},treated - control,t-test\n"
    )
    assert verdict_of(trial_of(rows.format("-2")), look()) == ("supported", ["for"])
    assert verdict_of(trial_of(rows.format("2")), look()) == ("contradicted", ["against"])


def test_a_difference_in_change_is_read_as_change_wherever_it_stands(trial_of):
    # improvement is printed as positive: 9 points more of it is benefit
    rows = (
        ",pain,6wk,mean_difference_in_change,9,treated - control,t-test\n"
        ",pain,6wk,ci_low,2,treated - control,t-test\n"
        ",pain,6wk,ci_high,16,treated - control,t-test\n"
    )
    assert verdict_of(trial_of(rows), look()) == ("supported", ["for"])


def test_a_misspelt_outcome_is_an_error_and_not_silence(trial_of):
    with pytest.raises(
        DataError, match=r"a figure of trial made_up: no outcome 'pian'; expected pain"
    ):
        verdict_of(trial_of(""), ClaimFigure(trial="made_up", outcome="pian"))
    with pytest.raises(DataError, match="no contrast 'a - b'; the arms are treated, control"):
        verdict_of(trial_of(""), look(contrast="a - b"))


@pytest.fixture(name="bundled", scope="module")
def _bundled():
    claims = read_claims(data_folder() / "claims.toml").claims
    return claims, [reproduce(trial) for trial in load_trials()]


def test_the_bundled_claims_are_judged_by_the_printed_figures(bundled):
    claims, reproductions = bundled
    assert {j.claim.id: j.verdict for j in judge_claims(claims, reproductions)} == {
        "pain-retro-vs-forward": "not checkable",
        "strength-retro-vs-forward": "not checkable",
        "adjunct-disability": "supported",
        "adjunct-pain": "mixed",
        "ekam-both-peaks": "contradicted",
        "patellofemoral-compression": "supported",
        "pfp-common-in-runners": "not checkable",
        "knee-rom": "not checkable",
    }


def test_a_claim_is_judged_only_when_all_its_studies_are_there(bundled):
    claims, reproductions = bundled
    few = [r for r in reproductions if r.trial.id in {"zhang2025", "zhang2015", "roos2012"}]
    judged = [j.claim.id for j in judge_claims(claims, few)]
    assert judged == ["ekam-both-peaks", "patellofemoral-compression"]
    assert judge_claims(claims, few[1:2]) == ()  # zhang2015 alone completes no claim


def test_a_claim_file_lists_all_its_faults_with_their_lines(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(
        '[[claims]]\nid = "a"\ntext = "t"\nstated_by = "s"\nneeds = "some"\n'
        '[[claims.figures]]\ntrial = "x"\noutcom = "pain"\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError) as caught:
        read_claims(path)
    name = f"{tmp_path.name}/claims.toml"
    assert str(caught.value) == (
        "the claims in claims.toml: 3 faults found.\n"
        f"  1. {name}, line 5, key claims.needs: needs = 'some' is not known; "
        "expected one of 'any', 'every'\n"
        f"  2. {name}, line 6, key claims.figures.outcome: 'outcome' is missing; expected text\n"
        f"  3. {name}, line 8, key claims.figures.outcom: unknown key 'outcom'; expected one "
        "of trial, outcome, timepoint, contrast, test, expect, bears, note"
    )


def test_a_judged_claim_shows_its_verdict_and_every_figure(trial_of):
    trial = trial_of(p_row("0.002") + p_row("0.30", "change 6wk"))
    claim = Claim(
        id="c",
        text="Less <pain>",
        stated_by="s",
        evidence=("made_up",),
        figures=(look(timepoint="6wk"), look(timepoint="change 6wk", bears="shown", note="late")),
    )
    judged = judge(claim, {"made_up": reproduce(trial)})
    assert judged.tally() == {"for": 1, "against": 0, "silent": 0}
    assert judged.tidy()[["printed", "bears", "says", "note"]].values.tolist() == [
        ["0.002", "decides", "for", ""],
        ["0.30", "shown", "against", "late"],
    ]
    first, second, *table = str(judged).splitlines()
    assert (first, second) == ("Less <pain>", "Verdict: supported.")
    assert "Note: late." in table[-1]
    html = judged._repr_html_()
    assert "Less &lt;pain&gt;" in html
    assert "Verdict: <b>supported</b>" in html
    assert "0.30" in html


def test_a_claim_without_figures_says_so():
    claim = Claim(id="c", text="t", stated_by="s", evidence=(), figures=())
    judged = judge(claim, {})
    assert judged.verdict == "not checkable"
    assert judged.tally() == {"for": 0, "against": 0, "silent": 0}
    assert "No figure in print was found" in str(judged)
    assert "No figure in print was found" in judged._repr_html_()
