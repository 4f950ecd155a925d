r"""Signs of Unicode as LaTeX, and commands that change the looks alone taken away.

Linear in the length of the text, but for roots written by hand, of which only a
few are looked at.
"""

from __future__ import annotations

import re
import unicodedata

_NAMES = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "ν": "nu", "ξ": "xi",
    "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ϕ": "phi", "χ": "chi",
    "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda",
    "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "∞": "infty",
    "×": "times", "÷": "div", "±": "pm", "∓": "mp", "≤": "le", "≥": "ge", "≠": "ne", "⩽": "le",
    "⩾": "ge", "≈": "approx", "∈": "in", "∪": "cup", "∩": "cap", "∖": "setminus", "∅": "emptyset",
    "∀": "forall", "⌊": "lfloor", "⌋": "rfloor", "⌈": "lceil", "⌉": "rceil", "∠": "angle",
    "△": "triangle", "⟨": "langle", "⟩": "rangle", "ℝ": "mathbb{R}", "ℤ": "mathbb{Z}",
    "ℕ": "mathbb{N}", "ℚ": "mathbb{Q}", "ℂ": "mathbb{C}", "∨": "lor", "∧": "land",
}  # fmt: skip
#: A root that is followed by what it is the root of, without braces.
_ROOT = "\ue000"
_SIGNS = {
    **{sign: f"\\{name} " for sign, name in _NAMES.items()},
    **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\uff0d", "-"),
    **dict.fromkeys("·⋅∙", "\\cdot "),
    **dict.fromkeys("\u2018\u2019\u2032", "'"),
    **dict.fromkeys("\u201c\u201d", '"'),
    **dict.fromkeys("\u200b\u2060\ufeff", ""),
    **dict.fromkeys("\u00a0\u2002\u2003\u2009\u200a\u202f\u3000", " "),
    "√": _ROOT, "°": "^{\\circ}", "\u2033": "''", "∶": ":", "，": ", ", "、": ", ", "；": "; ",
    "\u2126": "\\Omega ", "…": "\\ldots ", "µ": "\\mu ", "μ": "\\mu ", "。": ".",
}  # fmt: skip
#: Fractions, raised and lowered digits, signs of full width.
_TABLE = str.maketrans(_SIGNS | {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)} | _SIGNS)
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]+")
_LOWERED = re.compile("[₀₁₂₃₄₅₆₇₈₉]+")
_VULGAR = re.compile("[¼½¾⅐-⅞↉]")

#: Functions by their names, in plain letters or as words.
_FUNCTIONS = "arcsin|arccos|arctan|sinh|cosh|tanh|sin|cos|tan|cot|sec|csc|exp|log|ln"
_PLAIN_FUNCTION = re.compile(
    rf"(?<![a-zA-Z\\{{])({_FUNCTIONS})(?= ?[({{\\\d^_]| [a-zA-Z](?![a-zA-Z]))"
)
_OFF = r"(?![a-zA-Z])"
_INNER = r"\{([^{}]*)\}"
_LOOKS = (
    # Commands that change how something looks, and take no argument.
    (
        rf"\\(?:left|right|middle|displaystyle|textstyle|scriptstyle|limits|nolimits|mathstrut|strut"
        rf"|[lL]arge|LARGE|[hH]uge|small|tiny|footnotesize|normalsize|bf|it|sf|tt|bfseries"
        rf"|[bB]igg?[lrm]?|,?hline|centering){_OFF}",
        "",
    ),
    (r"\\(?:text)?color\s*\{[a-zA-Z0-9!.\-]*\}|\\[hv]?phantom\s*\{[^{}]*\}", ""),
    (r"\\[hm]s(?:pace|kip)\*?\s*\{[^{}]*\}", " "),
    (r"\{\s*\\rm\s([^{}]*)\}|\\rm\s*\{([^{}]*)\}", r"\\mathrm{\1\2}"),
    (rf"\\rm{_OFF}", ""),
    (rf"\\(?:boldsymbol|bm|pmb|mathsf|mathit|mathnormal|mathtt){_OFF}", r"\\mathbf"),
    (rf"\\(?:textnormal|textup|textmd|textsl){_OFF}", r"\\text"),
    (r"\\operatorname\*", r"\\operatorname"),
    (rf"\\(?:text|mathrm|operatorname)\s*\{{\s*({_FUNCTIONS})\s*\}}", r"\\\1 "),
    # Two names of one thing.
    (rf"\\[dtc]frac{_OFF}", r"\\frac"),
    (rf"\\[dt]binom{_OFF}", r"\\binom"),
    (rf"\\(?:[lc]?dots[cbmio]?){_OFF}|\.{{3,}}", r"\\ldots "),
    (rf"\\[lr]?vert{_OFF}", "|"),
    (rf"\\colon{_OFF}", ":"),
    (rf"\\(?:text)?degree{_OFF}", r"^{\\circ}"),
    (rf"\\(?:thin|en|med|thick)(?:space|skip){_OFF}|\\nobreakspace{_OFF}", " "),
    (r"\{\s*\}(?=\^\s*\{?\s*\\circ)", ""),
    (rf"\^\s*\{{?((?:\s*\\prime{_OFF})+)\s*\}}?", lambda found: "'" * found[1].count("\\prime")),
    (rf"\{{([^{{}}]*)\\choose{_OFF}([^{{}}]*)\}}", r"\\binom{\1}{\2}"),
    (rf"\{{([^{{}}]*)\\over{_OFF}([^{{}}]*)\}}", r"\\frac{\1}{\2}"),
    # The room between two rows of a matrix.
    (r"\\\\\s*\[\s*-?[\d.]+\s*(?:pt|ex|em|mm|cm|in|ex)\s*\]|\\cr(?![a-zA-Z])", r"\\\\"),
    (r"(?:\\\\|\\)\s*$", ""),
)  # fmt: skip
_REWRITES = tuple((re.compile(pattern), replacement) for pattern, replacement in _LOOKS)
_PLAIN_ROOT = re.compile(r"(?<![a-zA-Z\\])sqrt(?=[\s({\d])")
_HAND_ROOT = re.compile(rf"{_ROOT}\s*(?:\(|(\d+(?:\.\d+)?)|([a-zA-Z]))")
_HAND_POWER = re.compile(r"\^\s*\(")
MOST_BY_HAND = 20


def undressed(latex: str) -> str:
    r"""Return LaTeX of ASCII, as far as it has it, without changes of font, size and colour.

    >>> undressed("½"), undressed("x²"), undressed(r"\boldsymbol{18}"), undressed("√2")
    ('\\frac{1}{2}', 'x^{2}', '\\mathbf{18}', '\\sqrt{2}')
    """
    text = latex if latex.isascii() else _ascii(latex)
    if "\\" in text or "..." in text:
        for pattern, replacement in _REWRITES:
            text = pattern.sub(replacement, text)
    text = _PLAIN_FUNCTION.sub(r"\\\1 ", text)
    if "sqrt" in text:
        text = _PLAIN_ROOT.sub(_ROOT, text)
    if _ROOT in text or "^(" in text.replace(" ", ""):
        text = _braced(text).replace(_ROOT, "\\sqrt")
    return text


def _ascii(text: str) -> str:
    # Digits first, so that a sign before them is no part of a name of a command.
    text = _RAISED.sub(lambda found: f"^{{{unicodedata.normalize('NFKC', found[0])}}}", text)
    text = _LOWERED.sub(lambda found: f"_{{{unicodedata.normalize('NFKC', found[0])}}}", text)
    text = _VULGAR.sub(_vulgar, text)
    return text.translate(_TABLE)


def _vulgar(found: re.Match[str]) -> str:
    above, _, below = unicodedata.normalize("NFKC", found[0]).partition("\u2044")
    return f"\\frac{{{above}}}{{{below}}}"


def _braced(text: str) -> str:
    r"""Put what a plain writer raises or takes the root of into braces: ``x^(1/3)``."""
    for pattern, command in ((_HAND_ROOT, "\\sqrt"), (_HAND_POWER, "^")):
        place = 0
        for _ in range(MOST_BY_HAND):
            found = pattern.search(text, place)
            if found is None:
                break
            place = found.end()
            if not found[0].endswith("("):
                inner, after = (found[1] or found[2]), found.end()
            else:
                closing = _closing(text, found.end())
                if closing is None:
                    break
                inner, after = text[found.end() : closing], closing + 1
            text = f"{text[: found.start()]}{command}{{{inner}}}{text[after:]}"
            place = found.start() + len(command) + 1
    return text


def _closing(text: str, start: int) -> int | None:
    """Return where the round bracket closes that opened before a place."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return None
