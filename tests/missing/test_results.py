"""An answer tells what was assumed and done: in words, in a sentence and in a row."""

from dataclasses import replace

import pandas as pd

from retrostats.missing.estimate import missing_estimate

from .made_scores import BOOTSTRAP, DRAWN, REQUEST, made_scores


def test_the_assumption_says_which_arm_is_shifted_and_by_how_much():
    found = missing_estimate(made_scores(arms=3), REQUEST)
    for delta, told in (
        (((0.0, 0.0), (0.0, 1.0), (9.0, 0.0)), ", but 1 point higher in retro"),
        (
            ((0.0, 0.5), (0.0, -1.25), (0.0, 2.0)),
            (
                ", but 0.5 points higher in control, 1.25 points lower in retro and 2 points "
                "higher in forward"
            ),
        ),
        (((0.0, 0.0),) * 3, ""),
        ((), ""),
    ):
        shifted = replace(found, request=replace(REQUEST, delta=delta))
        assert shifted.assumption == f"missing at random{told}"
        assert told in shifted.sentence


def test_the_answer_in_a_sentence_and_in_a_row():
    scores = made_scores(arms=3)
    found = missing_estimate(scores, replace(DRAWN, strategy="jump to reference"))
    each = dict(zip(found.arms, found.imputed, strict=True))
    answer = str(found.estimate).removeprefix("retro - control: ")
    assert found.sentence == (
        "With missing scores as expected under jump to reference (control), the difference retro "
        f"- control at week 6 is {answer}; filled in were {each['control']} of control, "
        f"{each['retro']} of retro and {each['forward']} of forward, in all 10 of 40 scores"
    )
    rows = [found, missing_estimate(scores, BOOTSTRAP), missing_estimate(scores, REQUEST)]
    table = pd.concat([each.tidy() for each in rows])
    assert len(table) == 3
    assert list(table["estimate"]) == [each.estimate.value for each in rows]
    assert list(table["assumption"]) == [each.assumption for each in rows]
    assert list(table["method"]) == [each.method for each in rows]
    assert list(table["imputed"]) == [10] * 3
    assert table["fmi"].notna().tolist() == [True, False, False]
    assert table["percentile_low"].tolist()[1] == rows[1].percentile.low
    assert table["percentile_high"].tolist()[1] == rows[1].percentile.high
    assert table["percentile_high"].notna().tolist() == [False, True, False]
    full = missing_estimate(made_scores(gone=0.0), REQUEST)
    assert list(full.tidy().columns) == list(table.columns)
    assert full.sentence.startswith("Nothing is missing at week 6: the difference retro - control")
    assert full.sentence.endswith("under every assumption")
