"""From the bytes of a text file to UTF-8, or the reason why they are no text."""

from __future__ import annotations

import codecs

from retrostats.data.formats.source import Source

_NAMES = {"utf-8": "UTF-8", "iso8859-1": "Latin-1", "cp1252": "cp1252"}
_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BINARY = {
    b"PK\x03\x04": "a zip archive, which Excel workbooks are; name it .xlsx if it is one",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save it as .xlsx or as CSV UTF-8",
    b"%PDF": "a PDF document; export the data as CSV",
    b"$FL2": "an SPSS file; name it .sav",
    b"$FL3": "a compressed SPSS file; name it .zsav",
    b"<stata_dta>": "a Stata file; name it .dta",
    b"PAR1": "a Parquet file; name it .parquet",
    b"\x1f\x8b": "compressed by gzip; unpack it first",
}
#: A file with a larger share of NUL bytes is no text with a slip in it.
_NUL_SHARE = 0.05


def decode(source: Source, encoding: str | None) -> tuple[bytes, str]:
    """Return the text of a file as UTF-8 without byte order mark, and the name of its encoding.

    Parameters
    ----------
    source
        The file.
    encoding
        As declared: ``utf-8``, ``latin-1`` or ``cp1252``; UTF-8 when ``None``.

    Raises
    ------
    DataError
        If the file is no text, or not in this encoding.
    """
    name = _known(source, encoding)
    _require_text(source)
    raw = source.raw
    if raw.startswith(codecs.BOM_UTF8):
        if name != "utf-8":
            message = f"begins with the byte order mark of UTF-8, but {_NAMES[name]} is declared"
            raise source.refusal(f"{message}; declare encoding = 'utf-8'")
        body, shown = raw[len(codecs.BOM_UTF8) :], "UTF-8 with byte order mark"
    else:
        body, shown = raw, _NAMES[name]
    try:
        text = body.decode(name)
    except UnicodeDecodeError as error:
        raise _undecodable(source, body, error.start, name) from None
    if not text.strip():
        raise source.refusal("the file is empty but for blank lines; export it again")
    return (body if name == "utf-8" else text.encode()), shown


def _known(source: Source, encoding: str | None) -> str:
    try:
        name = codecs.lookup(encoding or "utf-8").name.replace("utf-8-sig", "utf-8")
    except (LookupError, ValueError):
        name = ""
    if name not in _NAMES:
        message = f"the encoding {encoding!r} is declared; expected 'utf-8', 'latin-1' or 'cp1252'"
        raise source.refusal(f"{message}; save the file as UTF-8")
    return name


def _require_text(source: Source) -> None:
    raw = source.raw
    if raw.startswith(_WIDE):
        message = "is written in UTF-16 or UTF-32 (Excel calls it Unicode text)"
        raise source.refusal(f"{message}; expected UTF-8; save it as 'CSV UTF-8'")
    for mark, what in _BINARY.items():
        if raw.startswith(mark):
            raise source.refusal(f"is no text but {what}")
    nuls = raw.count(b"\0")
    if nuls > _NUL_SHARE * len(raw):
        line = line_at(raw, raw.index(b"\0"))
        message = f"holds {nuls} NUL bytes, so it is a binary file or UTF-16 and no text"
        raise source.refusal(f"{message}; export it as 'CSV UTF-8'", line=line)


def _undecodable(source: Source, body: bytes, at: int, name: str) -> Exception:
    found = f"byte 0x{body[at]:02X} (byte {at - _line_start(body, at) + 1} of the line)"
    if name == "utf-8":
        advice = (
            "save the file as UTF-8, or declare encoding = 'cp1252' (Windows; else 'latin-1') "
            "under [file]; `retrostats new codebook` writes it with --encoding cp1252"
        )
    else:
        advice = "declare the encoding in which the file was written, or save it as UTF-8"
    return source.refusal(f"{found} is not {_NAMES[name]}; {advice}", line=line_at(body, at))


def _line_start(body: bytes, at: int) -> int:
    return max(body.rfind(b"\n", 0, at), body.rfind(b"\r", 0, at)) + 1


def line_at(body: bytes, at: int) -> int:
    """Return the line, counted from 1, on which a byte stands; CRLF is one line end."""
    before = body[:at]
    return 1 + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")
