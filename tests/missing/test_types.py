"""A digest of the work changes with whatever changes its numbers."""

from dataclasses import replace

from retrostats.missing.types import digest

from .made_scores import REQUEST, made_scores


def test_a_digest_changes_with_all_that_changes_the_numbers():
    scores = made_scores()
    moved = scores.y.copy()
    moved[0, 0] += 1e-9
    found = [
        digest("jackknife", scores, REQUEST),
        digest("bootstrap", scores, REQUEST),
        digest("jackknife", scores, replace(REQUEST, strategy="jump to reference")),
        digest("jackknife", replace(scores, y=moved), REQUEST),
        digest("jackknife", replace(scores, arm=1 - scores.arm), REQUEST),
        digest("jackknife", replace(scores, covariates=scores.covariates + 1), REQUEST),
        digest("jackknife", replace(scores, arms=("control", "forward")), REQUEST),
    ]
    assert len(set(found)) == len(found)
    assert found[0] == digest("jackknife", made_scores(), replace(REQUEST))
