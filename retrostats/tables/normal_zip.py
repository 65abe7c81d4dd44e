"""Zips that are the same whenever and wherever they are written."""

from __future__ import annotations

import io
import zipfile

#: What every file of a zip is dated: the first day that the format has.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def normalised_zip(content: bytes) -> bytes:
    """Return a zip with the same files, sorted by name, without the time of writing.

    Parameters
    ----------
    content
        Bytes of a zip. ``[Content_Types].xml`` comes first, as Word expects.
    """
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file,
    ):
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, date_time=_NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # the same on every system
            file.writestr(entry, source.read(name))
    return target.getvalue()
