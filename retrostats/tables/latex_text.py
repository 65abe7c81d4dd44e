"""Any text as LaTeX that prints that very text."""

from __future__ import annotations

import re
import unicodedata

_SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#",
    "$": r"\$", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"$<$", ">": r"$>$", "|": r"$|$", '"': r"\char34{}", "`": r"\textasciigrave{}",
    # After \\ a bracket and a star would be read as an argument.
    "[": "{[}", "]": "{]}", "*": "{*}",
    "\u00a0": "~", "\u2009": r"\,", "\u202f": r"\,", "\u2011": "-",
    "\N{MINUS SIGN}": "$-$", "–": "--", "—": "---", "‘": "{`}", "’": "{'}", "“": "{``}",
    "”": "{''}", "…": r"\ldots{}", "•": r"\textbullet{}",
    "±": r"$\pm$", "×": r"$\times$", "÷": r"$\div$", "≤": r"$\leq$", "≥": r"$\geq$",
    "≠": r"$\neq$", "≈": r"$\approx$", "∞": r"$\infty$", "√": r"$\surd$", "Δ": r"$\Delta$",
    "°": r"$^{\circ}$", "¹": "$^{1}$", "²": "$^{2}$", "³": "$^{3}$", "½": "$\\frac{1}{2}$",
    "←": r"$\leftarrow$", "→": r"$\rightarrow$", "↑": r"$\uparrow$", "↓": r"$\downarrow$",
    "§": r"\S{}", "¶": r"\P{}", "†": r"\dag{}", "‡": r"\ddag{}", "µ": r"$\mu$", "ı": r"{\i}",
    "€": r"\texteuro{}", "£": r"\pounds{}", "©": r"\copyright{}", "\ufffd": "?",
}  # fmt: skip
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu",
    "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi",
    "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_TABLE = str.maketrans(_SIGNS | {letter: rf"$\{name}$" for letter, name in _GREEK.items()})

#: Signs that LaTeX sets as they stand.
_AS_THEY_STAND = "·"
#: Two of these in a row become one sign of another kind.
_LIGATURES = re.compile(r"(?<=[-,'`?!<>])(?=[-,'`<>])")
#: The last letter of Latin Extended-A; those up to it are known to LaTeX with T1 fonts.
_LAST_LATIN = "\u017f"


def latex(text: str) -> str:
    r"""Return a text as LaTeX, on one line; nothing in it is read as a command.

    Examples
    --------
    >>> print(latex("5% & a_b, −0.5 ± 1, <0.001"))
    5\% \& a\_b, $-$0.5 $\pm$ 1, $<$0.001
    >>> print(latex("a--b [c]"))
    a-{}-b {[}c{]}
    """
    plain = re.sub(r"[ \t\r\n\v\f\u2028\u2029]+", " ", unicodedata.normalize("NFC", text)).strip()
    # Apart from each other before other signs become commands.
    pieces = _LIGATURES.split(plain)
    return "{}".join(piece.translate(_TABLE) for piece in pieces)


def unknown_letters(text: str) -> str:
    """Return the letters of a text that pdfLaTeX does not know, each once, in order.

    Examples
    --------
    >>> unknown_letters("Müller, Łódź ≥ 5"), unknown_letters("步行 and 步")
    ('', '步行')
    """
    known = _SIGNS.keys() | _GREEK.keys() | set(_AS_THEY_STAND)
    normal = unicodedata.normalize("NFC", text)
    rest = (sign for sign in normal if sign > "~" and sign not in known)
    return "".join(
        dict.fromkeys(s for s in rest if s > _LAST_LATIN or not (s.isalpha() or s.isspace()))
    )


def needs_t1(text: str) -> bool:
    """Say whether a text holds Latin letters that only fonts of the encoding T1 have."""
    normal = unicodedata.normalize("NFC", text)
    return any("\u00c0" <= sign <= _LAST_LATIN and sign not in _SIGNS for sign in normal)
