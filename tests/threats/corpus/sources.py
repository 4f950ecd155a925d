"""Program texts that are hard to read: for the compiler, the audit and the search for a program."""

from __future__ import annotations

from threats.program import ANY, CAUGHT, SOLUTION, SOLUTION_STDIO, Program, whole

NO_ANSWER = CAUGHT | {"no_answer"}

#: None of them solves anything.
TEXTS = {
    "parentheses": "(" * 200_000,
    "closed-parentheses": "x = " + "(" * 3_000 + ")" * 3_000 + "\n",
    "minus-signs": "x = " + "-" * 100_000 + "1\n",
    "lambdas": "x = " + "lambda: " * 20_000 + "1\n",
    "attributes": "x = y" + ".a" * 100_000 + "\n",
    "calls": "x = f" + "()" * 50_000 + "\n",
    "subscripts": "x = " + "a[" * 90 + "0" + "]" * 90 + "\n",
    "operators": "x = 1" + " + 1" * 200_000 + "\n",
    "indentation": "".join(" " * n + "if 1:\n" for n in range(300)),
    "blocks": "".join(" " * n + "while 1:\n" for n in range(90)) + " " * 90 + "pass\n",
    "long-number": "x = " + "1" * 100_000 + "\n",
    "long-line": "x = '" + "a" * 2_000_000 + "'\n",
    "many-lines": "a = 1\n" * 10_000,
    "constant-folding": "x = 9 ** 99999\ny = 'a' * 10 ** 18\n",
    "null-bytes": "x = 1\0\n",
    "form-feeds": "\f\v\r" * 10_000,
    "formatted": "x = f'" + "{f'" * 3 + "1" + "'}" * 3 + "'\n",
    "open-string": "x = '''" + "a\n" * 10_000,
    "directions": "\u202ex = 1\u202c\n" * 1_000,
    "identifiers": "\N{MATHEMATICAL BOLD SMALL X} = 1\n" * 1_000,
    "fence": "``" + "`" * 100_000 + "a" * 100_000 + "`\n",
    "fences": "```\n" * 50_000,
    "fence-and-spaces": "```" + " " * 200_000 + "`\n",
    "other-fences": "~~~" * 50_000 + "\n",
    "half-fence": "```py" + "a" * 200_000 + "`\n",
    "reasoning": "<think>" * 50_000 + "</think>" * 50_000,
    "encoding": "# -*- coding: utf-7 -*-\n+AHgAPQAx-\n",
    "decorators": "@property\n" * 5_000 + "def g(): pass\n",
    "comprehension": "x = [" * 20 + "1" + " for _ in range(9)]" * 20 + "\n",
    "matches": "match 1:\n" + "  case " + "[" * 90 + "x" + "]" * 90 + ": pass\n",
    "star-imports": "from os import *\nfrom sys import *\n" * 500,
    "deep-types": "x: " + "list[" * 90 + "int" + "]" * 90 + "\n",
}


def programs() -> list[Program]:
    """Return the programs of this family."""
    found: list[Program] = []
    for name, text in TEXTS.items():
        found += whole(37, name, "a text that is hard to read", function=text,
                       stdio=text, allowed=NO_ANSWER)  # fmt: skip
        # A right program may stand behind it: then it is right, or was not found.
        found += whole(37, f"{name}-and-right", "the same before a solution",
                       function=f"{text}\n{SOLUTION}", stdio=f"{text}\n{SOLUTION_STDIO}",
                       allowed=ANY | {"no_answer"})  # fmt: skip
    return found
