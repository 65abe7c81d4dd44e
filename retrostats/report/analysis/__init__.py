"""The report of an analysis: what it says, and the files that say it."""

from retrostats.report.analysis.writing import write_analysis

__all__ = ["write_analysis"]
