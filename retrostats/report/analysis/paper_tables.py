"""The tables of a report that belong into a paper, one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType

from retrostats.analysis.types import Analysis
from retrostats.report.analysis.content import analysis_document
from retrostats.report.blocks import Table
from retrostats.report.pages.shape import numbered
from retrostats.tables.paper import PaperTable


def report_tables(analysis: Analysis) -> Mapping[str, PaperTable]:
    """Return every table of the report that belongs into a paper, by its name.

    Parameters
    ----------
    analysis
        From `retrostats.analyse`.

    Returns
    -------
    Mapping
        In the order of the report, with captions, notes and numbers as they stand there:
        ``flow``, ``baseline`` (Table 1 of most papers), ``outcomes_<outcome>`` (by arm and visit),
        ``contrasts``, ``means_<outcome>``, ``responders_<n>``, ``sensitivity``, ``subgroups`` and
        ``adherence``, as far as the report has them. `retrostats.save_table` writes each.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> tables = rs.report_tables(rs.analyse(cohort, rs.read_plan(folder / "plan.toml")))
    >>> tables["baseline"].caption
    'Characteristics at baseline by arm, all randomised subjects'
    """
    # Tables need no drawing: every figure counts as drawn, its words are not looked at.
    document = analysis_document(analysis, defaultdict(str))
    return MappingProxyType(
        {
            block.id: PaperTable(id=block.id, layout=block.layout, note=block.note, number=number)
            for block, number in numbered(document)
            if isinstance(block, Table) and block.paper
        }
    )
