"""The course of every subject, as the file has it."""

from math import isnan

import pytest

import retrostats as rs
from retrostats.data.catalogue import data_folder


@pytest.fixture(scope="module")
def cohort():
    place = data_folder() / "example_cohort"
    return rs.read_cohort(place / "cohort.csv", place / "codebook.toml")


def test_each_course_has_the_values_of_its_subject(cohort):
    courses = rs.subject_courses(cohort, "pain")
    assert list(courses) == [arm.label for arm in cohort.codebook.arms]
    rows = cohort.frame.groupby(["arm", "subject"], observed=True)["pain"]
    expected = {arm: [] for arm in courses}
    for (arm, _), values in rows:
        expected[arm].append([None if isnan(v) else v for v in values.astype(float)])
    found = {
        arm: [[None if isnan(v) else v for v in values] for _, values in each]
        for arm, each in courses.items()
    }
    assert found == expected
    assert {weeks for each in courses.values() for weeks, _ in each} == {(0.0, 3.0, 6.0)}


def test_a_missed_visit_is_a_gap(cohort):
    every = [values for each in rs.subject_courses(cohort, "pain").values() for _, values in each]
    assert sum(isnan(values[1]) and not isnan(values[2]) for values in every) == 2


def test_subjects_without_any_value_have_no_course(cohort):
    frame = cohort.frame.copy()
    first = frame["subject"].iloc[0]
    frame.loc[frame["subject"] == first, "pain"] = float("nan")
    from dataclasses import replace

    courses = rs.subject_courses(replace(cohort, frame=frame), "pain")
    assert sum(map(len, courses.values())) == cohort.n_subjects - 1


def test_an_unknown_outcome_is_named(cohort):
    with pytest.raises(KeyError, match="gait"):
        rs.subject_courses(cohort, "gait")
