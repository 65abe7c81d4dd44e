"""Tables set by pdflatex, and what stands out of their pages."""

import re
import shutil
import subprocess

import pytest

PACKAGES = r"\usepackage[T1]{fontenc}\usepackage{booktabs,longtable,pdflscape,rotating}"


def overfull(folder, texts):
    """Return the name of each table with something wider than its page, in a plain article.

    Parameters
    ----------
    folder
        Where pdflatex may write.
    texts
        The LaTeX of each table by its name.
    """
    if not shutil.which("pdflatex"):
        pytest.skip("pdflatex is not installed")
    body = "".join(rf"\typeout{{== {name}}}{text}\clearpage" for name, text in texts.items())
    page = rf"\documentclass{{article}}{PACKAGES}\begin{{document}}{body}\end{{document}}"
    (folder / "page.tex").write_text(page, encoding="utf-8")
    command = ["pdflatex", "-draftmode", "-halt-on-error", "-interaction=nonstopmode", "page.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    told = done.stdout.decode(errors="replace")
    assert done.returncode == 0, told[-800:]
    parts = re.split(r"^== (.*)$", told, flags=re.MULTILINE)[1:]
    return [
        name
        for name, part in zip(parts[::2], parts[1::2], strict=True)
        if "Overfull" in part or "too large for page" in part
    ]
