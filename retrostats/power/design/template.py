"""A commented design to be filled in, or one that was proposed, with comments."""

from __future__ import annotations

from retrostats.power.design.fields import DesignFields
from retrostats.power.design.writing import design_to_toml

_EMPTY = """\
# Design of the next trial: the truth that simulated trials are drawn from. Write a number where
# <...> stands, and in `route` where each comes from. Unknown keys are errors. docs/design.md
# explains each key.
title = "<title of the trial>"
outcome = "<name of the outcome, as in the plan>"
unit = "<unit of its scores>"
better = "lower"  # or "higher": which direction is benefit

# Of the scores of one subject at two visits, within an arm: one number, "exchangeable" (the same
# for any two visits) or "ar1" (to the power of the visits apart), or a row for each visit.
correlation = "<correlation>"
correlation_kind = "exchangeable"

# Share of the visits after baseline that are missed by those who have not left.
intermittent = 0
route = ["<where the means are from>", "<where the SDs and the correlation are from>"]

# A table for each visit, the baseline (week 0) first; sd is that within an arm.
[[visits]]
label = "baseline"
week = 0
sd = "<SD at baseline>"

[[visits]]
label = "<label>"
week = "<week>"
sd = "<SD>"

# A table for each arm. Means and dropout have a number for each visit; dropout is the share of
# the randomised who are gone by then, 0 at baseline. allocation = 2 gives two subjects for one.
[[arms]]
label = "<treated arm>"
means = ["<mean at baseline>", "<mean>"]
allocation = 1
dropout = [0, "<share>"]

[[arms]]
label = "<comparator>"
means = ["<mean at baseline>", "<mean>"]
allocation = 1
dropout = [0, "<share>"]

# Who leaves: "MCAR" (anybody) or "MAR": the odds are times odds_ratio for each SD by which the
# last score seen is worse.
[dropout]
mechanism = "MCAR"
# odds_ratio = 1.5

# What the instrument gives: its ends, and the step between two scores. Leave out what it has not.
# [scale]
# low = 0
# high = 10
# step = 1

# Covariates of the plan's model. correlation is that with the score at every visit.
# [[covariates]]
# name = "sex"
# levels = ["female", "male"]
# shares = [0.6, 0.4]
# correlation = 0.1
#
# [[covariates]]
# name = "age"
# mean = 60
# sd = 8
# correlation = 0.1
"""


def new_design() -> str:
    """Return a commented design in TOML whose numbers are to be filled in.

    Returns
    -------
    str
        `read_design` refuses it and names each place that is left.
    """
    return _EMPTY


def proposed_design(design: DesignFields) -> str:
    """Return a design as TOML below a comment that asks to read its route.

    Parameters
    ----------
    design
        E.g. from `design_from_trial`.
    """
    head = """\
# A proposal from printed figures. Read `route`, which says where each number comes from, and
# change what you know better. docs/design.md explains each key.
"""
    return head + design_to_toml(design)
