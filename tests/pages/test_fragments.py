"""What pages show of a codebook, a plan or a list of claims is accepted by the reader of it."""

from __future__ import annotations

from page_blocks import read_blocks
from page_runs import ROOT

from retrostats.data.claims import load_claims
from retrostats.data.codebook.reading import read_codebook
from retrostats.plan.agreement import require_fits
from retrostats.plan.reading import read_plan

EXAMPLE = ROOT / "data" / "example_cohort" / "codebook.toml"


def toml_of(page):
    blocks = read_blocks((ROOT / "docs" / page).read_text(encoding="utf-8"))
    return [block.text for block in blocks if block.language == "toml"]


def saved(text, folder, name):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_parts_of_the_page_of_the_plan_are_one_plan_of_the_example(tmp_path):
    parts = toml_of("plan.md")
    assert len(parts) == 9
    plan = read_plan(saved("\n".join(parts), tmp_path, "plan.toml"))
    require_fits(plan, read_codebook(EXAMPLE))
    assert plan.sensitivity
    assert plan.responders
    assert plan.subgroups


def test_the_claim_of_the_page_is_read(tmp_path):
    [text] = toml_of("methods/claims.md")
    [claim] = load_claims(saved(text, tmp_path, "claims.toml"))
    assert claim.id == "ekam-both-peaks"
    assert len(claim.figures) == 1
