"""Which problems of a benchmark are one question, and which belong to one cluster.

A benchmark file may hold a question many times under other ids.  Such problems
are no independent trials, so questions are compared in a normal form that takes
away only what no reader would call a difference; case, digits and signs stay.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from boundary import strict_json
from boundary.answers import canonical
from boundary.errors import TableError
from boundary.golds import refuse_empty_golds
from boundary.images import digests_of
from boundary.kinds import names
from boundary.lookalikes import normal_form

#: Columns of problems that `question_clusters` needs beside their names.
ASKED = frozenset({"question", "answer", "kind", "metadata"})
#: Kinds whose problems come with tests, and those for which tests stand in place of an answer.
TESTED = names(lambda kind: kind.tests)
PROGRAMS = names(lambda kind: kind.programs)
DIGEST_LENGTH = 16
#: Begins the name of a cluster whose metadata give it none.
UNNAMED = "question-"
#: What LaTeX sets as a formula, and white space in it: shown alike, or not at all.
_FORMULA = re.compile(
    r"(?<!\\)(?:\$\$(.+?)\$\$|\$(.+?)(?<!\\)\$|\\\((.+?)\\\)|\\\[(.+?)\\\])", re.DOTALL
)
_SPACING = re.compile(r"(?<!\\)(?:\\[,;:!> ]|~|\\q?quad(?![A-Za-z]))")
_LOOSE = re.compile(r"(?<!\w) +| +(?!\w)")
_START = 60


@dataclass(frozen=True)
class _Asked:
    """A problem whose question stands there again, and what is right for it."""

    row: int
    problem_id: str
    text: str
    kind: str
    answer: str | None
    tests: str | None = None


def question_digests(questions: pl.Series) -> pl.Series:
    """Return a digest of each question, 16 digits, the same for equal ones; null for a blank."""
    return pl.Series(
        questions.name,
        [
            hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH] if text else None
            for text in map(_plain_formulas, normal_form(questions))
        ],
        dtype=pl.String,
    )


def _plain_formulas(text: str) -> str:
    r"""Return a question in which formulas that look alike are written alike.

    >>> _plain_formulas(r"Is \(a\,+ b = 2 c\)?"), _plain_formulas("Is $a+b=2 c$?")
    ('Is $a+b=2 c$?', 'Is $a+b=2 c$?')
    """

    def plain(formula: re.Match[str]) -> str:
        inner = next(filter(None, formula.groups()))
        return f"${_LOOSE.sub('', _SPACING.sub(' ', inner))}$"

    return _FORMULA.sub(plain, text) if "$" in text or "\\" in text else text


def question_clusters(problems: pl.DataFrame, where: str) -> pl.DataFrame:
    """Return which problems of one benchmark depend on each other.

    Parameters
    ----------
    problems : polars.DataFrame
        ``problem_id``, ``question``, ``answer``, ``kind`` and ``metadata`` of the
        problems table, ``images`` where some have them, and ``tests`` where they are
        to be compared.
    where : str
        File or origin, named in errors.

    Returns
    -------
    polars.DataFrame
        One row a problem, in the order given: ``problem_id``; ``question``, the
        digest of its normal form (null for a blank question, which equals no
        other); ``cluster``, the ``cluster`` of its metadata, joined with those of
        problems that ask the same; null for a problem that stands alone.

    Raises
    ------
    TableError
        When equal questions have unequal answers or tests, a gold answer is none, or
        metadata cannot be read; names rows and ids.
    """
    refuse_empty_golds(problems, where)
    asked = problems.select(
        "problem_id",
        question=asked_digests(problems),
        named=_named_clusters(problems, where),
    )
    _refuse_unequal_golds(problems, asked["question"], where)
    return asked.select("problem_id", "question", cluster=_joined(asked))


def asked_digests(problems: pl.DataFrame) -> pl.Series:
    """Return a digest of what each problem asks: its question, and the images shown with it."""
    questions = question_digests(problems["question"])
    if "images" not in problems.columns:
        return questions
    shown = [
        hashlib.sha256(" ".join([text, *digests_of(images)]).encode()).hexdigest()[:DIGEST_LENGTH]
        if text and images
        else text
        for text, images in zip(questions, problems["images"].to_list(), strict=True)
    ]
    return pl.Series(questions.name, shown, dtype=pl.String)


def without_blank(problems: pl.DataFrame) -> pl.DataFrame:
    """Return problems without their questions where some have none, which would be equal ones."""
    return problems if (problems["question"] != "").all() else problems.drop("question")


def repeated_questions(clusters: pl.DataFrame) -> str | None:
    """Say how many questions the rows of `question_clusters` hold; None where each is another."""
    blank = clusters["question"].null_count()
    distinct = clusters["question"].drop_nulls().n_unique() + blank
    if distinct == clusters.height:
        return None
    return (
        f"{clusters.height} rows are {distinct} question{'s' * (distinct > 1)}: equal ones are one "
        f"cluster and no independent problems"
    )


def _named_clusters(problems: pl.DataFrame, where: str) -> pl.Series:
    """Return the cluster that the metadata of each problem name, as text."""
    names: list[str | None] = []
    for row, text in enumerate(problems["metadata"]):
        try:
            names.append(_cluster_of(text) if text and not text.isspace() else None)
        except (ValueError, RecursionError) as error:
            name = problems["problem_id"][row]
            raise TableError(
                f"{where}: row {row + 1}, problem {name!r}: metadata {error}."
            ) from None
    return pl.Series(names, dtype=pl.String)


def _cluster_of(text: str) -> str | None:
    try:
        metadata = strict_json.loads(text)
    except ValueError as error:
        raise ValueError(f"are not JSON: {error}") from None
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise ValueError(f"should be a JSON object, found {type(metadata).__name__}")
    cluster = metadata.get("cluster")
    if isinstance(cluster, float) and cluster.is_integer():
        cluster = int(cluster)
    if cluster is None or isinstance(cluster, str):
        return (cluster or "").strip() or None
    number = isinstance(cluster, (int, float)) and not isinstance(cluster, bool)
    if not number or not math.isfinite(cluster):
        raise ValueError(f"have a cluster that should be text or a number, found {cluster!r}")
    return str(cluster)


def _joined(asked: pl.DataFrame) -> pl.Series:
    """Return the cluster of each problem: of the same metadata or the same question.

    A graph has a node for each name and each question, and an edge for each
    problem that has both; its components are the clusters.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes = asked.with_row_index("row").with_columns(
        pl.col("question").rank("dense").cast(pl.Int64) - 1,
        pl.col("named").rank("dense").cast(pl.Int64) - 1,
    )
    questions, names = asked["question"].drop_nulls().n_unique(), asked["named"].drop_nulls()
    edges = nodes.drop_nulls()
    size = questions + names.n_unique()
    if not size:
        return asked["named"]
    graph = coo_array(
        (
            np.ones(edges.height, dtype=np.int8),
            (edges["question"].to_numpy(), questions + edges["named"].to_numpy()),
        ),
        shape=(size, size),
    )
    component = pl.Series(connected_components(graph, directed=False)[1], dtype=pl.Int64)
    node = nodes.select(pl.coalesce("question", pl.col("named") + questions)).to_series()
    member = asked.with_columns(component=component.gather(node))
    one = pl.col("component")
    label = pl.coalesce(
        pl.col("named").min().over(one),
        pl.when(pl.len().over(one) > 1).then(pl.lit(UNNAMED) + pl.col("question").min().over(one)),
    )
    return member.select(pl.when(one.is_not_null()).then(label)).to_series()


def _refuse_unequal_golds(problems: pl.DataFrame, questions: pl.Series, where: str) -> None:
    """Refuse questions that are asked twice with other answers, tests or kinds."""
    golds = [name for name in ("kind", "answer", "tests") if name in problems.columns]
    repeated = (
        problems.select("problem_id", pl.col("question").alias("text"), *golds)
        .with_row_index("row", offset=1)
        .with_columns(question=questions)
        .filter(pl.col("question").is_not_null() & pl.col("question").is_duplicated())
    )
    unlike = repeated.filter(pl.struct(golds).n_unique().over("question") > 1).sort(
        "question", "row", maintain_order=True
    )
    first: dict[str, _Asked] = {}
    for row in unlike.iter_rows(named=True):
        question = row.pop("question")
        again = _Asked(**row)
        earlier = first.setdefault(question, again)
        if not _same_gold(earlier, again):
            raise TableError(_unequal(earlier, again, where))


def _same_gold(one: _Asked, other: _Asked) -> bool:
    if one.kind != other.kind:
        return False
    if one.kind in TESTED and _tests(one) != _tests(other):
        return False
    if one.kind in PROGRAMS:
        return True
    if one.answer is None or other.answer is None or one.answer == other.answer:
        return one.answer == other.answer
    return canonical(one.answer) == canonical(other.answer)


def _tests(problem: _Asked) -> str | None:
    """Return tests in one form, so that only their values count; text where they are none."""
    text = problem.tests
    try:
        # The order of keys is part of the value of a dictionary among the arguments.
        return json.dumps(json.loads(text)) if text else text
    except (ValueError, RecursionError):
        return text


def _unequal(one: _Asked, other: _Asked, where: str) -> str:
    shown = " ".join(one.text.split())
    unlike = one.kind != other.kind
    start = shown if len(shown) <= _START else shown[:_START] + "…"
    golds = " and ".join(
        f"{_brief(each.kind if unlike else each.tests if each.kind in PROGRAMS else each.answer)} "
        f"(row {each.row}, problem {each.problem_id!r})"
        for each in (one, other)
    )
    what = "kinds" if unlike else "golds"
    return (
        f"{where}: one question has two {what}: {golds}; it begins {start!r}. Every response to it "
        f"would be wrong once; correct or take out one of the two."
    )


def _brief(gold: str | None) -> str:
    shown = repr(gold)
    return shown if len(shown) <= 2 * _START else shown[: 2 * _START] + "…"
