import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_trials import NAN, STRENGTH, TRIAL, codebook, cohort_of, plan_of

from retrostats.analysis.model_rows import model_rows
from retrostats.data.codebook.types import Outcome, Screening
from retrostats.description.flow import OTHERWISE, describe_flow
from retrostats.plan.types import ModelPlan

EVERYBODY = np.ones(len(TRIAL), dtype=bool)
#: Pain at baseline and at one later visit, and an age.
USED = ("S01", "S02", "S05", "S08", "S09")


WITH_AGE = ModelPlan(covariates=("age",))


def flow_of(model=WITH_AGE, cohort=None, used=USED, **more):
    given = {"members": EVERYBODY, "excluded": {}, "analysed": set(used)} | more
    return describe_flow(cohort or cohort_of(), plan_of(model), **given)


def test_the_flow_by_hand():
    flow = flow_of()
    assert (flow.assessed, flow.not_randomised) == (12, (("not eligible", 2), ("declined", 1)))
    assert flow.visits == ("baseline", "week 3", "week 6")
    assert flow.endpoint == "Pain, week 6"
    control, retro = flow.arms
    assert (control.arm, control.name, control.randomised) == ("control", "Control care", 4)
    assert (control.attended, retro.attended) == ((3, 3, 3), (5, 4, 4))
    assert (control.analysed, retro.analysed) == (2, 3)
    assert control.withdrawn == (("moved away", 1),)
    assert retro.withdrawn == (("knee pain", 1),)
    assert control.not_analysed == (
        ("Pain at baseline missing", 1),
        ("Pain missing after baseline", 1),
    )
    assert retro.not_analysed == (("Age missing", 1), ("Pain missing after baseline", 1))
    assert (flow.randomised, flow.analysed) == (9, 5)


def test_the_first_reason_counts_and_each_model_has_its_own():
    trial = [
        ("control", (NAN, NAN, NAN), NAN, "female", NAN, ""),
        ("control", (5, NAN, NAN), NAN, "female", NAN, ""),
        ("control", (5, 4, NAN), 60, "female", NAN, ""),
        ("control", (5, NAN, 4), 60, "female", NAN, ""),
    ]
    cohort, members = cohort_of(trial), np.ones(4, dtype=bool)

    def reasons(**model):
        plan = ModelPlan(covariates=("age",), **model)
        return dict(flow_of(plan, cohort, (), members=members).arms[0].not_analysed)

    assert reasons() == {"Pain at baseline missing": 1, "Age missing": 1, OTHERWISE: 2}
    assert reasons(baseline=False) == {"Age missing": 2, OTHERWISE: 2}
    assert reasons(kind="ancova") == {
        "Pain at baseline missing": 1,
        "Age missing": 1,
        "Pain missing at week 6": 1,
        OTHERWISE: 1,
    }
    assert reasons(kind="mixed_anova") == {"Pain missing at a visit": 4}
    assert reasons(kind="lmm") == reasons()


def test_the_model_leaves_out_rows_for_the_reasons_of_the_flow():
    trial = [
        ("control", (NAN, NAN, NAN), NAN, None, NAN, ""),
        ("control", (5, 4, NAN), NAN, None, NAN, ""),
        ("control", (5, 4, NAN), 60, None, NAN, ""),
        ("control", (5, 4, NAN), 60, "female", NAN, ""),
        ("control", (5, 4, 3), 60, "female", NAN, ""),
    ]
    cohort, members = cohort_of(trial), np.ones(5, dtype=bool)
    model = ModelPlan(kind="ancova", covariates=("sex", "age"))
    needed = ("baseline", *model.covariates)
    rows = model_rows(cohort, "pain", inside=members, needed=needed, weeks=(6,))
    (arm, _) = flow_of(model, cohort, ("S05",), members=members).arms
    assert dict(arm.not_analysed) == {
        "Pain at baseline missing": 1, "Sex missing": 2, "Pain missing at week 6": 1,
    }  # fmt: skip
    told = {why.removesuffix(" at week 6"): n for why, n in arm.not_analysed}
    assert {why.removesuffix(" at week 6"): n for why, n in rows.left_out} == told


def test_those_outside_the_population_stand_with_their_reasons():
    members = EVERYBODY.copy()
    members[[5, 6]] = False
    excluded = {"retro": (("sessions >= 12", 2), ("never seen", 0))}
    flow = flow_of(members=members, excluded=excluded)
    control, retro = flow.arms
    assert (control.excluded, retro.excluded) == ((), (("sessions >= 12", 2),))
    assert (retro.randomised, retro.analysed, retro.not_analysed) == (5, 3, ())
    assert retro.attended == (5, 4, 4)
    assert retro.withdrawn == (("knee pain", 1),)


def test_subjects_may_not_get_lost():
    members = EVERYBODY.copy()
    members[5] = False
    with pytest.raises(ValueError, match=r"arm retro: 1 subjects are outside .* account for 0"):
        flow_of(members=members)
    with pytest.raises(ValueError, match=r"arm control: 0 subjects are outside .* account for 3"):
        flow_of(excluded={"control": (("age >= 40", 3),)})
    with pytest.raises(ValueError, match="2 of the analysed subjects are not in the population"):
        flow_of(members=members, excluded={"retro": (("x", 1),)}, used=("S06", "S99"))


def test_a_file_without_reasons_for_leaving_has_none():
    cohort = cohort_of()
    object.__setattr__(cohort, "frame", cohort.frame.drop(columns="withdrawal"))
    assert all(arm.withdrawn == () for arm in flow_of(cohort=cohort).arms)


@pytest.mark.parametrize("nothing", [None, NAN, "", "  "])
def test_an_empty_reason_is_none_and_one_is_counted_once(nothing):
    cohort = cohort_of()
    left = cohort.frame["withdrawal"].astype(object)
    left[left == ""] = nothing
    # Written only on the row of the visit that was missed.
    left[(cohort.frame["subject"] == "S07") & (cohort.frame["visit"] != "week 6")] = nothing
    object.__setattr__(cohort, "frame", cohort.frame.assign(withdrawal=left))
    assert flow_of(cohort=cohort).arms[1].withdrawn == (("knee pain", 1),)


def test_the_first_of_two_reasons_counts():
    cohort = cohort_of()
    left = cohort.frame["withdrawal"].astype(object)
    left[(cohort.frame["subject"] == "S07") & (cohort.frame["visit"] == "week 6")] = "moved away"
    object.__setattr__(cohort, "frame", cohort.frame.assign(withdrawal=left))
    assert flow_of(cohort=cohort).arms[1].withdrawn == (("knee pain", 1),)


def test_any_outcome_recorded_is_attendance():
    strength = Outcome(name="strength", label="Strength", instrument=STRENGTH, column="s")
    book = codebook(outcomes=(*codebook().outcomes, strength))
    values = [(300.0, NAN, NAN)] * 6 + [(NAN, NAN, 310.0)] + [(NAN, NAN, NAN)] * 2
    flow = flow_of(cohort=cohort_of(book=book, outcomes={"strength": values}))
    # S04 has strength and no pain at baseline, S07 strength and no pain at week 6.
    assert [arm.attended for arm in flow.arms] == [(4, 3, 3), (5, 4, 5)]


def test_screening_may_be_unknown():
    flow = flow_of(cohort=cohort_of(book=codebook(screening=Screening())))
    assert (flow.assessed, flow.not_randomised) == (None, ())


def test_frequent_reasons_come_first():
    trial = [("retro", (5, 4, 4), 50, "female", NAN, why) for why in ("b", "a", "c", "c", "")]
    flow = flow_of(cohort=cohort_of(trial), used=(), members=np.ones(5, dtype=bool))
    assert flow.arms[1].withdrawn == (("c", 2), ("a", 1), ("b", 1))


pain = st.sampled_from([0.0, 4.0, 9.5, NAN])
people = st.lists(
    st.tuples(
        st.sampled_from(["control", "retro"]),
        st.tuples(pain, pain, pain),
        st.sampled_from([40.0, NAN]),
        st.sampled_from(["female", "male", None]),
        st.just(NAN),
        st.sampled_from(["", "moved", "ill"]),
    ),
    min_size=1,
    max_size=12,
)


@given(people, st.data(), st.sampled_from(["mmrm", "lmm", "ancova", "mixed_anova"]))
def test_every_flow_adds_up(trial, data, kind):
    cohort = cohort_of(trial)
    members = np.array(data.draw(st.lists(st.booleans(), min_size=len(trial), max_size=len(trial))))
    arms = np.array([person[0] for person in trial])
    excluded = {
        arm: (("not per protocol", int((~members & (arms == arm)).sum())),)
        for arm in ("control", "retro")
    }
    inside = cohort.subjects()["subject"].to_numpy()[members].tolist()
    used = data.draw(st.sets(st.sampled_from(inside))) if inside else set()
    model = ModelPlan(kind=kind, covariates=("age",))
    flow = describe_flow(cohort, plan_of(model), members=members, excluded=excluded, analysed=used)
    everybody = flow_of(model, cohort, (), members=np.ones(len(trial), dtype=bool))
    assert [arm.attended for arm in flow.arms] == [arm.attended for arm in everybody.arms]
    assert flow.randomised == len(trial)
    assert flow.analysed == len(used)
    for arm in flow.arms:
        out = sum(n for _, n in arm.excluded)
        lost = sum(n for _, n in arm.not_analysed)
        assert arm.randomised == out + lost + arm.analysed
        assert all(n <= arm.randomised for n in arm.attended)
        assert sum(n for _, n in arm.withdrawn) <= arm.randomised
