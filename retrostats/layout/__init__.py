"""Small tables as text, HTML and Markdown, and how the numbers in them are written."""

from retrostats.layout.numbers import (
    LARGE,
    decimals,
    df_numbers,
    limits,
    number,
    p_number,
    p_sentence,
    percent,
    true_minus,
)
from retrostats.layout.shown import (
    ShownAsEffect,
    ShownAsFields,
    ShownAsSentence,
    ShownAsTable,
    fields_html,
    value_words,
)
from retrostats.layout.table import Layout, escaped
from retrostats.layout.written import NumberStyle, Range, Words, Written, range_joint

__all__ = [
    "LARGE",
    "Layout",
    "NumberStyle",
    "Range",
    "ShownAsEffect",
    "ShownAsFields",
    "ShownAsSentence",
    "ShownAsTable",
    "Words",
    "Written",
    "decimals",
    "df_numbers",
    "escaped",
    "fields_html",
    "limits",
    "number",
    "p_number",
    "p_sentence",
    "percent",
    "range_joint",
    "true_minus",
    "value_words",
]
