"""Sums, products, powers and commands: what stands inside one side of a relation."""

from __future__ import annotations

from abc import abstractmethod
from fractions import Fraction

from boundary.verify.math.second.cursor import Cursor
from boundary.verify.math.second.grammar import (
    BIG,
    FUNCTIONS,
    NO_FACTOR,
    NOT_READ,
    PREFIXED,
    TWINS,
    folded,
    in_radians,
    mixed,
)
from boundary.verify.math.second.lexer import Token, lex
from boundary.verify.math.second.tree import Call, Many, Name, Num, Text, Tree, UnreadableError


class Expressions(Cursor):
    """The inner part of the parser."""

    @abstractmethod
    def several(self) -> Tree:
        """Read a list, or what it holds when it is one item."""

    @abstractmethod
    def bracket(self, opening: str) -> Tree:
        """Read from behind an opening bracket to its closing one."""

    @abstractmethod
    def matrix(self, kind: str) -> Tree:
        """Read from behind the begin of a matrix to its end."""

    def sum(self) -> Tree:
        """Read terms joined by plus and minus signs."""
        terms = [self.product()]
        while True:
            if self.skip("+"):
                terms.append(self.product())
            elif self.skip("-", "−"):
                terms.append(Call("neg", (self.product(),)))
            elif self.skip("pm", "±"):
                return Call("pm", (Call("+", tuple(terms)), self.product()))
            else:
                return terms[0] if len(terms) == 1 else Call("+", tuple(terms))

    def product(self) -> Tree:
        """Read factors, with or without a sign of multiplication between."""
        negative = False
        while self.sees("-", "−", "+"):
            negative ^= self.take().value != "+"
        if self.skip("pm", "±"):
            return Call("pm", (Num(Fraction(0)), self.product()))
        found = self.power()
        may_mix = (
            isinstance(found, Num)
            and found.value.denominator == 1
            and self.sees("frac", "dfrac", "tfrac")
        )
        while True:
            if self.skip("cdot", "times", "*", "×", "·"):
                found = Call("*", (found, self._signed_power()))
            elif self.skip("/", "div", "÷"):
                found = Call("/", (found, self._signed_power()))
            elif self._starts_factor():
                factor = self.power()
                found = mixed(found, factor) if may_mix else Call("*", (found, factor))
            else:
                return Call("neg", (found,)) if negative else found
            may_mix = False

    def _sees_and_or(self) -> bool:
        kind, text = self.peek()
        return kind == "text" and text.strip(" ,") in ("and", "or")

    def _signed_power(self) -> Tree:
        if self.skip("-"):
            return Call("neg", (self.power(),))
        return self.power()

    def _starts_factor(self) -> bool:
        kind, value = self.peek()
        if kind in ("number", "begin", "roman"):
            return True
        if kind == "command":
            return value not in NO_FACTOR
        if kind == "escaped":
            return value == "{"
        return kind == "char" and (value.isalpha() or value in "({")

    def power(self) -> Tree:
        """Read a factor with what is raised, factorials and units behind it."""
        self.deeper()
        base = self.atom()
        while True:
            if self.skip("!"):
                if self.sees("!"):
                    raise UnreadableError("a double factorial")
                base = Call("fact", (base,))
            elif self.skip("^"):
                self._sees_plain_exponent()
                raised = Name("circ") if self.skip("circ") else self._script()
                degree = raised == Name("circ")
                base = Call("unit", (base, Text("degree"))) if degree else Call("^", (base, raised))
            elif self.sees("%"):
                self.place += 1
                base = Call("unit", (base, Text("percent")))
            elif self.peek().kind == "text" and not self._sees_and_or():
                base = self._with_unit(base)
            else:
                self.depth -= 1
                return base

    def _sees_plain_exponent(self) -> None:
        """Refuse exponents that mean more than one thing: ``x^12`` and ``f^{(2)}``."""
        bracket = [self.peek(i).value for i in (0, 1, 3, 4)] == ["{", "(", ")", "}"]
        several = self.peek().kind == "number" and len(self.peek().value) > 1
        if several or (bracket and self.peek(2).kind == "number"):
            raise UnreadableError("an exponent that may be another")

    def _with_unit(self, base: Tree) -> Tree:
        words = " ".join(self.take().value.split()).strip(" .,")  # M is another unit than m
        if words == "K":
            raise UnreadableError("a K may be a thousand")
        if self.skip("^"):
            power = self._script()
            words += f"{power.value}" if isinstance(power, Num) else "?"
        return Call("unit", (base, Text(words)))

    def _script(self) -> Tree:
        """Read what stands raised: a group, or one token."""
        if self.sees("{"):
            if self.peek(1) == Token("command", "circ") and self.peek(2) == Token("char", "}"):
                self.place += 3
                return Name("circ")
            return self._group()
        token = self.peek()
        if token.kind == "number" and len(token.value) > 1 and token.value[0] != ".":
            # Without braces only the first digit is raised.
            rest = lex(token.value[1:])
            self.tokens[self.place : self.place + 1] = [Token("number", token.value[0]), *rest]
        if self.sees("-"):
            self.place += 1
            return Call("neg", (self.power(),))
        return self.atom()

    def _group(self) -> Tree:
        self.expect("{")
        found = self.several()
        self.expect("}")
        return found

    def _argument(self) -> Tree:
        """Read an argument of a command: a group, or one digit or symbol."""
        return self._group() if self.sees("{") else self._script()

    def atom(self) -> Tree:
        """Read a number, a name, a group or a command with its arguments."""
        kind, text = self.take()
        match kind:
            case "number":
                found: Tree = Num(Fraction(text))
            case "text":
                found = Text(folded(text))
            case "roman":
                number = text.strip().isdecimal() and text.isascii()
                if not number and not text.strip().isalpha():
                    raise UnreadableError(f"cannot read {text[:20]!r}")
                found = Num(Fraction(text.strip())) if number else Name(text.strip())
            case "begin":
                found = self.matrix(text)
            case "command":
                found = self._command(text)
            case "escaped" if text == "{":
                found = self.bracket("\\{")
            case "escaped" if text == "$":
                found = Call("unit", (self.power(), Text("dollar")))
            case "char":
                found = self._character(text)
            case _:
                raise UnreadableError(f"cannot read {text[:20]!r}")
        return found

    def _character(self, value: str) -> Tree:
        if value in ("(", "[", "{"):
            return self.bracket(value)
        if value == "|":
            inner = self.sum()
            self.expect("|")
            return Call("abs", (inner,))
        if value == "∞":
            return Name("infty")
        if value == "π":
            return Name("pi")
        if value.isalpha():
            return self._named(value)
        raise UnreadableError(f"cannot read {value!r}")

    def _named(self, name: str) -> Tree:
        if self.skip("_"):
            start = self.place
            self._script()
            name += "_" + "".join(
                token.value for token in self.tokens[start : self.place] if token.value not in "{}"
            )
        while self.skip("'"):
            name += "'"
        return Name(name + self._argument_of(name))

    def _argument_of(self, name: str) -> str:
        """Take the argument of a function's value, which is one symbol: ``f(x)``, ``V(0)``."""
        if not self.sees("(") or name in ("e", "i", "pi", "infty"):
            return ""
        kind, value = self.peek(1)
        if kind in ("number", "command", "char") and self.peek(2) == Token("char", ")"):
            self.place += 3
            return f"({value})"
        if name[0] == "f":
            raise UnreadableError("a function of an expression")
        return ""

    def _command(self, name: str) -> Tree:
        if name in PREFIXED:
            return self._prefixed(name)
        if name in FUNCTIONS:
            return self._function(name)
        if name in BIG:
            return self._big(name)
        if name in ("lfloor", "lceil", "langle"):
            return self.bracket(name)
        if name in NOT_READ:
            raise UnreadableError(f"\\{name} is not read")
        if name in ("pi", "infty"):
            return Name(name)
        return self._named("\\" + TWINS.get(name, name))

    def _prefixed(self, name: str) -> Tree:
        if name == "sqrt":
            index: Tree = Num(Fraction(2))
            if self.skip("["):
                index = self.sum()
                self.expect("]")
            return Call("root", (self._argument(), index))
        derivative = self._derivative()
        if derivative is not None:
            return derivative
        first = self._argument()
        return Call("binom" if "binom" in name else "/", (first, self._argument()))

    def _derivative(self) -> Tree | None:
        r"""Read ``\frac{dy}{dx}`` as one name: what stands between braces, both behind a d."""
        start, d = self.place, Token("char", "d")
        if not (self.sees("{") and self.peek(1) == d):
            return None
        self._argument()
        below = self.sees("{") and self.peek(1) == d
        if below:
            self._argument()
        tokens = self.tokens[start : self.place]
        if not below:
            self.place = start
            return None
        return Name("".join(token.value for token in tokens if token.value not in "{}"))

    def _function(self, name: str) -> Tree:
        base: Tree | None = None
        exponent: Tree | None = None
        while self.sees("_", "^"):
            if self.take().value == "_":
                base = self._argument()
            else:
                exponent = self._argument()
        argument = self.power() if self.sees("(", "{") else self._bare_argument()
        if exponent == Call("neg", (Num(Fraction(1)),)):
            name, exponent = "arc" + name, None
        name = "log10" if name == "lg" else name
        argument = in_radians(argument)
        found = Call(name, (argument,) if base is None else (argument, base))
        return found if exponent is None else Call("^", (found, exponent))

    def _bare_argument(self) -> Tree:
        r"""Read ``2x`` in ``\sin 2x``: factors up to the next function or sign."""
        found = self._signed_power()
        while self._starts_factor() and self.peek().value not in FUNCTIONS and not self.sees("("):
            found = Call("*", (found, self.power()))
        return found

    def _big(self, name: str) -> Tree:
        self.expect("_")
        start = self._group()
        self.expect("^")
        end = self._argument()
        if not (isinstance(start, Many) and start.kind == "rel" and start.signs == ("=",)):
            raise UnreadableError(f"\\{name} without a start")
        return Call(name, (start.items[0], start.items[1], end, self.product()))
