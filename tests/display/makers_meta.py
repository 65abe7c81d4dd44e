"""One real instance of every result type of pooling."""

import retrostats as rs

PAIN = (
    rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    rs.Estimate.from_se("Trial D", -0.62, 0.35, unit="SD"),
    rs.Estimate.from_se("Trial E", -0.1, 0.18, unit="SD"),
)

#: By the name of the type that is made.
POOLING = {
    "CochranQ": lambda: rs.pool(PAIN).q,
    "Pooled": lambda: rs.pool(PAIN),
}
