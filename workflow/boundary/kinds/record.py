"""What a kind of problems has; light, as the Snakefile reads it at every parse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from boundary.extraction import RULES

#: What stands in the column ``answer`` of problems: LaTeX, plain text, the letter of an option,
#: one of several texts, what follows from the question anyway, or whatever the verifier takes.
Gold = Literal["latex", "text", "letter", "texts", "derived", "free"]


@dataclass(frozen=True)
class Kind:
    """A kind of problems: who judges responses to it, and what their verdicts say.

    Attributes
    ----------
    name : str
        As it stands in the column ``kind`` of problems.
    about : str
        What the problems are, in a few words.
    module : str or None
        The module that has ``GRADER`` and ``verifier``; None where the study names a file.
    sources : tuple of str
        Files and folders of the package that the verdicts depend on.  No declaration
        of a kind is among them: an edit there verifies nothing anew.
    libraries : tuple of str
        Distributions whose version can change a verdict.
    gold : str
        What the gold answers are.
    rules : tuple of str
        By which further rules, of grading and of extraction, verdicts say what is correct.
    programs : bool
        Whether responses are programs that are run: then the version of Python counts,
        and how weak a sandbox the study allows.
    tests : bool
        Whether problems come with tests, which may be far longer than all else.
    chain : bool
        Whether the verifier checks the steps before the answer too.
    metadata : bool
        Whether verdicts may depend on all of a problem's metadata.
    argued : bool
        Whether responses argue for an answer, so that people can judge the argument.
    task : str, optional
        The module that declares as ``TASK`` what the lab trains models on and draws
        the problems of, `boundary.lab_task.Task`; no benchmark names such a kind.
    steps : str, optional
        ``MODULE:NAME`` of how the steps of a response are found, `boundary.steps.Steps`.
    threads, thread_mb, minutes : int
        Cores of a verification job, MB of main memory for each, and how long it may take.
    length_like : str
        Key of `config/throughput.yaml` with the expected length of responses, where the
        table has none for the kind itself.
    """

    name: str
    about: str
    module: str | None
    sources: tuple[str, ...]
    libraries: tuple[str, ...] = ()
    gold: Gold = "text"
    rules: tuple[str, ...] = ()
    programs: bool = False
    tests: bool = False
    chain: bool = False
    metadata: bool = False
    argued: bool = False
    task: str | None = None
    steps: str | None = None
    threads: int = 1
    thread_mb: int = 2_000
    minutes: int = 60
    length_like: str = "math"

    @property
    def extracts(self) -> bool:
        """Whether verdicts say what each rule of `boundary.extraction` reads."""
        return {*RULES} <= {*self.rules}

    @property
    def takes(self) -> tuple[str, ...]:
        """Settings of a study's verification that may change a verdict; a file may use any."""
        of_programs = ("sandbox", "stdout_tolerance") if self.programs or not self.module else ()
        return (*of_programs, *(("extract",) if self.extracts or not self.module else ()))

    @property
    def answers(self) -> bool:
        """Whether gold answers are such as a response may give, also to another problem."""
        return self.gold != "free"


#: What every grader depends on: which question, gold answer and tests a response gets.
SHARED = ("verify/items.py",)
#: What finds final answers.
EXTRACTING = ("verify/reading.py", "extraction.py", "answers")
