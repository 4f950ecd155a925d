"""LaTeX as text that a person can read: symbols for commands, beside what was written.

What is shown otherwise is an attribute of the text as written, which stays where it is: a
choice on the page, by style alone, shows the one or the other.  No parser of LaTeX serves:
responses are no documents, a % would take the rest of a line, and there are many of them.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from boundary.report.text import visible

_SYMBOLS = """
alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ iota ι kappa κ
lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ phi φ varphi φ chi χ psi ψ omega ω
Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω
times × cdot · div ÷ pm ± mp ∓ ast ∗ circ ∘ oplus ⊕ otimes ⊗ sum ∑ prod ∏ int ∫ oint ∮
le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ ne ≠ neq ≠ approx ≈ equiv ≡ sim ∼ cong ≅ propto ∝
ll ≪ gg ≫ to → rightarrow → Rightarrow ⇒ implies ⇒ leftarrow ← Leftarrow ⇐ mapsto ↦
leftrightarrow ↔ Leftrightarrow ⇔ iff ⇔ in ∈ notin ∉ subset ⊂ subseteq ⊆ supset ⊃ cup ∪ cap ∩
setminus ∖ emptyset ∅ varnothing ∅ forall ∀ exists ∃ neg ¬ land ∧ wedge ∧ lor ∨ vee ∨
infty ∞ partial ∂ nabla ∇ angle ∠ perp ⊥ parallel ∥ triangle △ degree ° prime ′ ell ℓ
mid ∣ nmid ∤ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ langle ⟨ rangle ⟩ ldots … dots … cdots ⋯ vdots ⋮
therefore ∴ because ∵ square □ blacksquare ■ checkmark ✓ bullet •
"""
_WORDS = "sin cos tan cot sec csc arcsin arccos arctan log ln exp lim max min gcd lcm det mod"
_NAMED = {
    **dict(zip(_SYMBOLS.split()[::2], _SYMBOLS.split()[1::2], strict=True)),
    **{name: name for name in _WORDS.split()},
    **dict.fromkeys(("left", "right", "big", "Big", "bigl", "bigr", "displaystyle"), ""),
    **{"quad": "  ", "qquad": "    ", "pmod": "mod "},
}
#: Ends of mathematics and thin spaces show as nothing; what is escaped shows as itself.
_SINGLE = (
    dict.fromkeys("()[]!", "") | dict.fromkeys(",;: ", " ") | {each: each for each in "{}%$#_"}
)
_RAISED = str.maketrans("0123456789+-=()in∘", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ°")
_LOWERED = str.maketrans("0123456789+-=()aeijkmnx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₘₙₓ")
_SETS = dict(zip("CNPQRZ", "ℂℕℙℚℝℤ", strict=True))

# Possessive and bounded: what has no end costs no more than what has one.
_GROUP = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]{0,99}+\}){0,99}+\}){0,299}+)\}"
_COMMAND = re.compile(
    rf"\\[dt]?frac *{_GROUP} *{_GROUP}|\\sqrt *{_GROUP}"
    rf"|\\(?:text|textbf|textit|mathrm|mathbf|mathit|mathsf|operatorname) *{_GROUP}"
    rf"|\\mathbb *(?:{{([A-Z])}}|([A-Z]))|([\^_]){_GROUP}|\^(\d)"
    r"|\\([A-Za-z]+)|\\([()\[\]!,;: {}%$#_\\])"
)

#: What would be read into a fraction, a root or a power before it.
_TIGHT = re.compile(r"[\w^!({\[]|\\(?!right|cdot|times)[A-Za-z{]")


def readable(text: str) -> str:
    """Return text with symbols for common commands of LaTeX; others stay as they are.

    Parameters
    ----------
    text : str
        Plain or escaped as HTML: no escape has a brace, a backslash or a caret.
    """
    return _COMMAND.sub(_shown, text)


def with_symbols(text: str | None, limit: int | None = None) -> Markup:
    """Return text as HTML, each command of LaTeX with what it means in ``data-as``.

    Parameters
    ----------
    text : str or None
        Anything a model or a file said.
    limit : int, optional
        Characters kept, as of `visible`.
    """
    plain = str(escape(visible(text, limit)))
    return Markup(_COMMAND.sub(_marked, plain))  # noqa: S704


def _marked(match: re.Match[str]) -> str:
    shown = _shown(match)
    return match[0] if shown == match[0] else f'<span data-as="{shown}">{match[0]}</span>'


def _shown(match: re.Match[str]) -> str:
    """Return what a command means, or the command."""
    above, below, root, word, group, letter, shift, shifted, digit, name, single = match.groups()
    tight = _TIGHT.match(match.string, match.end()) is not None
    if above is not None:
        shown = f"{_bracketed(above)}/{_bracketed(below)}"
        before = match.string[max(0, match.start() - 1) : match.start()]
        if before.isdecimal() and not tight:
            shown = f" {shown}"  # one and a half, and not eleven halves
        elif tight or before.isalnum() or before in tuple("/^_)}]"):
            shown = f"({shown})"
    elif root is not None:
        shown = f"√{_bracketed(root, tight)}"
    elif word is not None:
        shown = readable(word)
    elif group or letter:
        shown = _SETS.get(group or letter, match[0])
    elif shift or digit:
        shown = _shifted(digit or readable(shifted), shift or "^", tight)
    elif name is not None:
        shown = _NAMED.get(name, match[0])
    else:
        shown = _SINGLE.get(single, match[0])
    return shown


def _shifted(text: str, sign: str, tight: bool) -> str:
    """Return text raised or lowered, or behind its sign where letters for that are missing."""
    table = _LOWERED if sign == "_" else _RAISED
    if text and all(ord(char) in table for char in text):
        return text.translate(table)
    return f"{sign}{_bracketed(text, tight)}"


def _bracketed(text: str, tight: bool = False) -> str:
    """Return text that stands as one thing beside a sign, and before what follows tightly."""
    inner = readable(text)
    one = inner.isdecimal() or (len(inner) == 1 and inner.isalnum())
    return inner if one and not tight else f"({inner})"
