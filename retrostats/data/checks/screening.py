"""The rule about the numbers of the participant flow that no row of the file shows."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.data.checks.evidence import Evidence, Found


def screening_differs(evidence: Evidence) -> Iterator[Found]:
    """Yield one fault where the people assessed less those excluded are not those randomised."""
    screening = evidence.codebook.screening
    if screening.assessed is None:
        return
    excluded = sum(number for _, number in screening.excluded)
    left, randomised = screening.assessed - excluded, int(evidence.members.sum())
    if left != randomised:
        yield Found(
            0,
            "",
            "",
            f"{screening.assessed} assessed less {excluded} excluded are {left}, and the file has "
            f"{randomised} subjects",
            "as many subjects as were assessed and not excluded",
            "correct [screening] in the codebook, or look for the subjects that the file lacks",
        )
