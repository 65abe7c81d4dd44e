"""Which character stands between the cells of a text file."""

from __future__ import annotations

import re

from retrostats.data.formats.source import Source

#: The delimiters that are detected, and how readers call those that may be declared.
DETECTED = (",", ";", "\t")
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "space"}
#: Bytes at the start of a file and lines of them from which the delimiter is detected.
_SAMPLE_BYTES, _SAMPLE_LINES = 65_536, 50

_QUOTED = re.compile(rb'(?:^|(?<=[,;\t\r\n]))[ ]*"[^"]*+(?:""[^"]*+)*+"')
_SEP_LINE = re.compile(rb'"?sep=(.)"?[ ,;\t]*(?:\r\n|\n|\r|$)', re.IGNORECASE)


def require_delimiter(source: Source, delimiter: str) -> str:
    """Return a declared delimiter.

    Raises
    ------
    DataError
        If it is not one character that can separate cells.
    """
    single = len(delimiter) == 1 and delimiter.isascii() and not delimiter.isalnum()
    if single and delimiter not in '"\r\n\0.+-=@':
        return delimiter
    expected = "one of ',', ';', '\\t', '|'"
    raise source.refusal(f"the delimiter {delimiter!r} is declared; expected {expected}")


def declared_by_excel(data: bytes) -> tuple[str, int]:
    """Return the delimiter of a first line ``sep=;`` and its length; ``("", 0)`` without one."""
    line = _SEP_LINE.match(data)
    if not line or not line[1].isascii() or line[1] in b'"\r\n\0':
        return "", 0
    return line[1].decode(), line.end()


def detect_delimiter(source: Source, data: bytes) -> str:
    """Return the delimiter that splits the header and the first records alike.

    Of comma, semicolon and tab, that one wins whose number outside quotes agrees with the header
    in most records. An empty text means that the header has none of them.

    Raises
    ------
    DataError
        If two of them agree equally well.
    """
    sample = data[:_SAMPLE_BYTES]
    if len(sample) < len(data):  # the last record may be cut in the middle
        sample = sample[: max(sample.rfind(b"\n"), sample.rfind(b"\r")) + 1] or sample
    bare = _QUOTED.sub(b'""', sample)
    lines = [line for line in re.split(rb"[\r\n]+", bare) if line.strip(b" ,;\t")][:_SAMPLE_LINES]
    agreeing = {}
    for mark in DETECTED:
        counts = [line.count(mark.encode()) for line in lines]
        if counts and counts[0]:
            agreeing[mark] = counts.count(counts[0])
    best = [mark for mark, count in agreeing.items() if count == max(agreeing.values())]
    if len(best) > 1 and source.path.suffix.lower() == ".tsv" and "\t" in best:
        return "\t"
    if len(best) > 1:
        names = " and ".join(DELIMITER_NAMES[mark] for mark in best)
        message = f"{names} could both be the delimiter; the header and the first records have both"
        raise source.refusal(f"{message}; declare delimiter = ... under [file] of the codebook")
    return best[0] if best else ""
