r"""LaTeX as Math-Verify's parser can read it without loss.

That parser takes capital letters for small ones, drops primes, quotation marks,
dots and an index at a number, and its clean-up rewrites words within formulas.
So each name goes in as a symbol of its own: a letter with its accent, index,
primes and argument.  Decimals go in as fractions.  What is left must be signs
and commands that the parser is known to read: anything else cannot be read.
"""

from __future__ import annotations

import hashlib
import re

from boundary.answers.typesetting import normalise
from boundary.verify.math.braces import with_braces
from boundary.verify.math.letters import DERIVATIVE, GREEK

_words = re.compile(r"\S+").findall
#: What an angle in degrees is multiplied with; `engine` gives it its value.
DEGREE = "v_{999999999999999}"
_SAME = {"varphi": "phi", "varepsilon": "epsilon", "vartheta": "theta", "varrho": "rho", "ell": "l"}
_ACCENTS = frozenset(
    _words(
        "dot ddot bar hat vec tilde widehat widetilde overline overrightarrow mathbf mathcal "
        "mathbb underline"
    )
)
#: An accent that changes the looks of a letter alone.
_PLAIN = frozenset(["mathbf"])
_FUNCTIONS = frozenset(
    _words(
        "sin cos tan cot sec csc arcsin arccos arctan arccot sinh cosh tanh coth exp ln log lg max "
        "min gcd"
    )
)
_READ = _FUNCTIONS | frozenset(
    _words(
        "frac sqrt binom cdot times div pi infty sum prod int iint oint lim to rightarrow lfloor "
        "rfloor lceil rceil emptyset pm mp le leq ge geq lt gt ne neq"
    )
)
_BOUND = re.compile(r"\\(?:sum|prod|lim) ?_ ?\{ ?([a-zA-Z])(?![a-zA-Z])")
_DIFFERENTIAL = re.compile(r"(?<![a-zA-Z\\])d ?([a-zA-Z])(?![a-zA-Z])")
_PIECE = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)"
    r"|(?P<edge>\\(?:begin|end) ?\{[a-zA-Z]+\*?\}(?:\{[lcr| ]*\})?)"
    r"|\\(?:mathrm|operatorname|text) ?\{(?P<word>[^{}]*)\}"
    r"|\\(?P<command>[a-zA-Z]+)"
    r"|(?P<escaped>\\.)"
    r"|(?P<letter>[a-zA-Z])"
    r"|(?P<degree>\^ ?(?:\\circ(?![a-zA-Z])|\{ ?\\circ ?\}))"
    r"|(?P<sign>[-+*/()\[\]{}|!^_=<>,&' ])"
)
_INDEX = re.compile(
    r" ?_ ?(?:(?P<one>[a-zA-Z0-9]|\\[a-zA-Z]+)|\{(?P<group>(?:[^{}]|\{[^{}]*\})*)\})"
)
_GROUP = re.compile(r" ?(?:\{((?:[^{}]|\{[^{}]*\})*)\}|([a-zA-Z]|\\[a-zA-Z]+))")
_ARGUMENT = re.compile(
    r" ?\( ?((?:[a-zA-Z]|\\[a-zA-Z]+|\d+)(?:,(?:[a-zA-Z]|\\[a-zA-Z]+|\d+))*) ?\)"
)
_RAISED_MINUS = re.compile(r"\^ ?- ?(\d+|[a-zA-Z]|\\[a-zA-Z]+)")
#: Of ``\ln 5/\ln 2`` the first logarithm is that of 5.
_QUOTIENT = re.compile(
    r"(\\(?:ln|log(?:_(?:\d|[a-z]|\{[^{}]*\}))?|sin|cos|tan)) ?(\d+|[a-zA-Z]|\\[a-zA-Z]+) ?/ ?"
    r"(\\(?:ln|log|sin|cos|tan))(?![a-zA-Z])"
)
#: The root of a negative number is real where its index is odd.
_NEGATIVE_ROOT = re.compile(
    r"\\sqrt ?\[ ?(\d*[13579]) ?\] ?\{ ?- ?(\d+(?:\.\d+)?|\\frac\{\d+\}\{\d+\}) ?\}"
)
#: Between the arguments of these a comma is none of thousands.
_SEVERAL = re.compile(r"(?:\\(?:gcd|max|min)|\{lcm\}) ?\([^()]*\)")
#: Raised in brackets, as in ``f^{(2)}``, a number is no exponent.
_ORDER = re.compile(r" ?\{ ?\( ?\d+ ?\) ?\}")
_NATURAL = re.compile(r"\\log_(?:\{e\}|e(?![a-z]))")


class UnreadableError(ValueError):
    """A formula holds what the parser would drop or take for something else."""


def prepared(latex: str) -> str:
    r"""Return LaTeX with names as symbols, decimals as fractions, degrees as a factor.

    Raises
    ------
    UnreadableError
        When it holds a sign or a command that the parser is not known to read.

    Examples
    --------
    >>> prepared("x+0.5")
    'x +{\\frac{5}{10}}'
    """
    text = with_braces(_RAISED_MINUS.sub(r"^{-\1}", normalise(latex)))
    text = _QUOTIENT.sub(r"\1(\2)/\3", text)
    text = _NATURAL.sub(r"\\ln ", _NEGATIVE_ROOT.sub(r"-\\sqrt[\1]{\2}", text))
    text = _SEVERAL.sub(lambda found: found[0].replace(",", ", "), text)
    return _Scanner(text).scanned()


def symbol(name: str) -> str:
    """Return a symbol that no other name has."""
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
    return f"v_{{{int(digest[:11], 16)}}}"


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.out: list[str] = []
        self.integral = "\\int" in text or "\\oint" in text or "\\iint" in text
        self.bound = {found[1] for found in _BOUND.finditer(text)}
        if self.integral:
            self.bound |= {found[1] for found in _DIFFERENTIAL.finditer(text)}
        if "\\vec" in text and "\\times" in text:
            raise UnreadableError("a product of vectors")

    def scanned(self) -> str:
        before = ""
        while self.place < len(self.text):
            derivative = DERIVATIVE.match(self.text, self.place)
            if derivative and not self.integral:
                self.place = derivative.end()
                self.out.append(self._symbol(re.sub(r"[{}\s]", "", derivative[0])))
                before = "name"
                continue
            found = _PIECE.match(self.text, self.place)
            if found is None:
                raise UnreadableError(f"{self.text[self.place]!r}")
            kind = found.lastgroup or ""
            if kind == "number" and before == "number":
                raise UnreadableError("two numbers side by side")
            self.place = found.end()
            if kind == "number" and before == "_":  # without braces one digit is lowered
                self.place = found.start() + 1
            self._piece(
                kind,
                self.text[found.start(kind) : self.place] if kind == "number" else found[kind],
                before,
            )
            if found[0] != " ":
                raised = kind == "number" and before in ("^", "_")
                before = "raised" if raised else found[0] if kind == "sign" else kind
        return "".join(self.out)

    def _piece(self, kind: str, value: str, before: str) -> None:
        match kind:
            case "number" if before in ("^", "_"):
                self.out.append("{")
                self._number(value)
                self.out.append("}")
            case "number":
                self._number(value)
            case "letter":
                self._name(value, value)
            case "command":
                self._command(value)
            case "word":
                self._word(value.strip())
            case "escaped":
                if value not in ("\\{", "\\}", "\\\\"):
                    raise UnreadableError(value)
                self.out.append(value)
            case "sign" if value == "^" and _ORDER.match(self.text, self.place):
                raise UnreadableError("the order of a derivative")
            case "sign" if value == "'" or (value == "*" and before == "^"):
                raise UnreadableError(f"a {value} behind no name")
            case "sign" if value == "!" and self.text.startswith("!", self.place):
                raise UnreadableError("a double factorial")
            case "degree":
                inner = self.out.pop() if before == "number" else ""
                self.out.append(f"({inner} {DEGREE})" if inner else f" {DEGREE} ")
            case _:
                self.out.append(value)

    def _number(self, value: str) -> None:
        if re.match(r" ?_", self.text[self.place :]):
            raise UnreadableError("an index behind a number")
        whole, point, part = value.replace(",", "").partition(".")
        if point and part:
            self.out.append(f"{{\\frac{{{int(whole + part)}}}{{{10 ** len(part)}}}}}")
        else:
            self.out.append(whole)

    def _command(self, name: str) -> None:
        name = _SAME.get(name, name)
        if name == "l":
            self._name(name, name)
        elif name in GREEK:
            plain = name[0].islower() and name != "hbar"
            self._name(f"\\{name}", f"\\{name}" if plain else "")
        elif name in _ACCENTS:
            found = _GROUP.match(self.text, self.place)
            if found is None:
                raise UnreadableError(f"\\{name}")
            self.place = found.end()
            held = (found[1] or found[2] or "").strip()
            if name in _PLAIN and re.fullmatch(r"[a-zA-Z]", held):
                self._name(held, held)
            elif name in _PLAIN and re.fullmatch(r"[\d.,]+", held):
                self._number(held)
            else:
                self._name(f"\\{name}{{{held}}}", "")
        elif name in _READ:
            self.out.append(f"\\{name} ")
        else:
            raise UnreadableError(f"\\{name}")

    def _word(self, word: str) -> None:
        if word in _FUNCTIONS or word in ("lcm",):
            self.out.append(f"\\{word} " if word in _FUNCTIONS else f"\\operatorname{{{word}}}")
        elif word in ("e", "i", "d"):
            self._name(word, word)
        elif re.fullmatch(r"[a-zA-Z]+", word):
            self._name(word if len(word) == 1 else f"\\mathrm{{{word}}}", word)
        else:
            raise UnreadableError(f"the word {word!r}")

    def _name(self, name: str, plain: str) -> None:
        """Take a name with its index, primes and argument; a bare small letter stays itself."""
        base, key = name, name
        while True:
            index = _INDEX.match(self.text, self.place)
            if index:
                held = index["one"] or index["group"]
                key += "_" + re.sub(r"\\(?:text|mathrm|mbox)(?![a-zA-Z])|[{}\s]", "", held)
                self.place = index.end()
            elif self.text.startswith("'", self.place):
                key += "'"
                self.place += 1
            else:
                break
        if base not in ("e", "i"):
            key += self._argument(base)
        small = plain[:1].islower() or plain.startswith("\\")
        itself = key == name and len(plain) == (len(name) if name[0] == "\\" else 1)
        if itself and small and (name != "d" or self.integral):
            self.out.append(f"{plain} ")
            return
        self.out.append(self._symbol(key))

    def _argument(self, base: str) -> str:
        found = _ARGUMENT.match(self.text, self.place)
        if found:
            self.place = found.end()
            return f"({found[1].replace(' ', '')})"
        if base == "f" and self.text.startswith("(", self.place):
            depth = 0
            for end in range(self.place, len(self.text)):
                depth += {"(": 1, ")": -1}.get(self.text[end], 0)
                if depth == 0:
                    held = self.text[self.place : end + 1].replace(" ", "")
                    self.place = end + 1
                    return held
        return ""

    def _symbol(self, key: str) -> str:
        """Return the symbol of a name; of one that depends on a bound letter there is none."""
        if self.bound & set(re.findall(r"[a-zA-Z]", re.sub(r"\\[a-zA-Z]+", "", key[1:]))):
            raise UnreadableError(f"{key} depends on a letter that is bound")
        return symbol(key) + " "
