r"""What in a formula stands for something: names, and the letters of an expression."""

from __future__ import annotations

import re

from boundary.answers.typesetting import tokens, top_level

_words = re.compile(r"\S+").findall
GREEK = frozenset(
    _words(
        "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu "
        "xi rho varrho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi "
        "Sigma Upsilon Phi Psi Omega ell hbar"
    )
)
_GREEK = "|".join(sorted(GREEK))
_LETTER = rf"(?:[a-zA-Z]|\\(?:{_GREEK})(?![a-zA-Z]))"
_INDEX = r"(?:_(?:[a-zA-Z0-9]|\\[a-zA-Z]+ ?|\{(?:[^{}]|\{[^{}]*\})*\})|')*"
_SIMPLE = rf"{_LETTER} ?{_INDEX}"
_ACCENTED = (
    r"\\(?:d?dot|bar|hat|vec|tilde|widehat|overline|overrightarrow|mathbf|mathrm|mathcal|mathbb"
    rf"|text|mbox|textbf|textit|textrm|operatorname) ?(?:\{{[^{{}}]*\}}|{_LETTER}){_INDEX}"
)
#: A segment, an angle or a triangle by its corners.
_CORNERS = r"(?:\\(?:angle|measuredangle|triangle) ?)?(?:[A-Z](?:_\{?\d+\}?|')* ?){2,4}"
_ANGLE = r"\\(?:angle|measuredangle) ?(?:\d|[A-Z](?:_\{?\d+\}?|')*)"
_ARGUMENTS = rf"(?:\((?:{_SIMPLE}|\d+)(?:,(?:{_SIMPLE}|\d+))*\))?"
_SINGLE = rf"(?:{_CORNERS}|{_ANGLE}|(?:{_SIMPLE}|{_ACCENTED}) ?{_ARGUMENTS}|[a-z]{{4,}})"
_DIFFERENTIAL = r"(?:d|\\partial ?)"
#: ``\frac{dy}{dx}``, ``\frac{d^2 y}{dx^2}``: a derivative is a name.
DERIVATIVE = re.compile(
    rf"\\frac\{{{_DIFFERENTIAL}(?:\^\{{?\d\}}?)? ?({_SIMPLE}|{_ACCENTED}) ?{_ARGUMENTS}\}}"
    rf"\{{{_DIFFERENTIAL} ?{_SIMPLE}(?:\^\{{?\d\}}?)?\}}"
)
#: Of segments also a length and a quotient, and of any two names a ratio.
_OF_SEGMENTS = rf"\|{_CORNERS}\||\\frac\{{{_CORNERS}\}}\{{{_CORNERS}\}}|{_CORNERS}/{_CORNERS}"
_NAME = re.compile(
    rf"{_SINGLE}|{_OF_SEGMENTS}|{_SINGLE}(?::{_SINGLE})+|{DERIVATIVE.pattern}|d{_LETTER}/d{_LETTER}|\({_SIMPLE}(?:,{_SIMPLE})+\)"
)
LONGEST_NAME = 60
_NO_NAME = frozenset(["", "e", "i", "\\emptyset"])
_WRAPPER = re.compile(
    r"\\(?:text|mbox|textbf|textit|textrm|mathrm|mathbf|operatorname|overline) ?(?=\{)"
)
#: Groups whose letters are words or the kind of an environment.
_WORDY = re.compile(r"\\(?:text|mbox|operatorname|mathrm)(?![a-zA-Z])|\\(?:begin|end)")
CONSTANTS = frozenset(["e", "i"])


def is_name(text: str) -> bool:
    r"""Say whether a text names something: ``x``, ``f(x)``, ``m_{\max}``, ``(r,\theta)``."""
    return text not in _NO_NAME and len(text) <= LONGEST_NAME and bool(_NAME.fullmatch(text))


_CAPITALS = re.compile(r"[A-Z]{2,}")


def capitals(text: str) -> bool:
    """Say whether a name could be a product of capital letters too: ``MR``, ``AB``."""
    return _CAPITALS.fullmatch(name_key(text)) is not None


def name_key(text: str) -> str:
    r"""Return one text for the ways to write a name: ``\text{MR}``, ``x_{1}`` and ``x_1``."""
    return re.sub(r"[{}\s]", "", _WRAPPER.sub("", text))


def variables(latex: str) -> set[str]:
    r"""Return the letters of an expression that stand for something unknown.

    ``e`` and ``i`` are numbers, ``\pi`` is one, and a command that is no Greek
    letter is none.  Words count as one unknown.

    >>> sorted(variables(r"\frac{2x}{\sin \theta} + e^{i\pi}"))
    ['\\theta', 'x']
    """
    found = set()
    for token in tokens(latex):
        if _WORDY.match(token):
            found |= {"\\text"} if token.startswith(("\\text", "\\mbox")) else set()
        elif token[0] == "\\":
            found |= {token} if token[1:] in GREEK else set()
        elif token.isalpha() and token not in CONSTANTS:
            found.add(token)
    return found


#: Words that take back what stands beside them.
_HEDGE = re.compile(
    r"\b(?:not|no|wrong|incorrect|if|or|unless|except|maybe|false)\b", re.IGNORECASE
)


def is_quantity(text: str) -> bool:
    r"""Say whether an expression is what a question may ask the value of: ``m+n``, ``x^2+y^2``.

    It has letters, no term that is a number, and where it has one letter alone
    it is one term: ``2x+3`` and ``x^2-3x`` begin an equation that is not yet
    solved, and ``n^2`` or ``\tan\theta`` are the value that was asked for.
    """
    if not text or _HEDGE.search(text):
        return False
    terms = _terms(text)
    letters = [variables(term) for term in terms]
    if not all(letters):
        return False
    return len(terms) == 1 or len(set().union(*letters)) > 1


def _terms(text: str) -> list[str]:
    """Part a sum at its signs, as far as they stand outside of groups."""
    terms = [""]
    for token, outside in top_level(text):
        if outside and token in ("+", "-", "\\pm", "\\mp"):
            terms.append("")
        else:
            terms[-1] += token
    return terms if terms[0].strip() or len(terms) == 1 else terms[1:]
