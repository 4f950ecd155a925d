"""A place in a list of tokens."""

from __future__ import annotations

from boundary.verify.math.second.grammar import DEEPEST
from boundary.verify.math.second.lexer import Token
from boundary.verify.math.second.tree import UnreadableError

END = Token("end of text", "")


class Cursor:
    """Reads tokens one after another, and counts how deep the reader is nested."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    def peek(self, ahead: int = 0) -> Token:
        """Return a token without taking it."""
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else END

    def take(self) -> Token:
        """Return the next token and go on; `END` for ever at the end."""
        token = self.peek()
        self.place += 1
        return token

    def sees(self, *values: str) -> bool:
        """Say whether the next token is one of some symbols or commands."""
        token = self.peek()
        return token.kind in ("char", "command", "escaped") and token.value in values

    def skip(self, *values: str) -> bool:
        """Take the next token if it is one of these; say whether it was."""
        if self.sees(*values):
            self.place += 1
            return True
        return False

    def expect(self, *values: str) -> None:
        """Take the next token, which must be one of these."""
        if not self.skip(*values):
            raise UnreadableError(f"expected {values[0]!r}, found {self.peek().value[:20]!r}")

    def deeper(self) -> None:
        """Go down a level.

        Raises
        ------
        UnreadableError
            When that is too deep.
        """
        self.depth += 1
        if self.depth > DEEPEST:
            raise UnreadableError("nested too deep")
