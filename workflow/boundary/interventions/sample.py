"""Let a model go on from its edited responses, by any engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import polars as pl

from boundary.columns import ARM_KEY
from boundary.digests import seed_of
from boundary.edits import ANSWER_TOKENS, GOES_ON, over_budget
from boundary.engines import Engine, Filled, Request, Response
from boundary.errors import InputError, TableError
from boundary.images import refuse_images
from boundary.interventions.edits import Donor, Edited, chain_of, edits_of
from boundary.jobs.making import InterventionJob
from boundary.jobs.sampling import FILTERS
from boundary.kinds import kind
from boundary.progress import meter
from boundary.prompts import fill
from boundary.steps import Steps, load_steps
from boundary.tables import EDITED, SAMPLES

#: An engine takes one limit of tokens at a time: up to so many limits are told apart, and above
#: that alike ones go together and what is too long is cut.
LIMITS = 64


class _Beginning(NamedTuple):
    """What a model goes on from: text, tokens, and how many tokens may follow."""

    problem_id: str
    sample_index: int
    text: str
    head: list[int]
    tail: list[int]
    room: int


def intervene(
    engine: Engine,
    problems: pl.DataFrame,
    samples: pl.DataFrame,
    job: InterventionJob,
    most_tokens: int | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Edit the first responses to each problem, and let their model go on, greedily.

    Parameters
    ----------
    engine : Engine
        The model that wrote them, loaded.
    problems : polars.DataFrame
        The problem table.
    samples : polars.DataFrame
        Its samples.
    job : InterventionJob
        What to edit.
    most_tokens : int, optional
        A budget.

    Returns
    -------
    drawn : polars.DataFrame
        A SAMPLES table of whole responses, the edited beginning included, as verifiers
        read them; ``logprob_sum`` is that of what follows it, null where that was cut.
    edited : polars.DataFrame
        An EDITED table.

    Raises
    ------
    InputError
        When nobody finds steps of such problems, or the budget is too small.
    TableError
        When the samples are another arm's, or lack a problem.
    """
    rows = problems.filter(pl.col("benchmark") == job.benchmark).sort("problem_id")
    refuse_images(rows, "the stage of interventions")
    how = _steps(rows, job)
    originals = _originals(samples, rows, job)
    prompts = {
        name: fill(job.sampling.prompt, question, metadata)
        for name, question, metadata in rows.select(
            "problem_id", "question", "metadata"
        ).iter_rows()
    }
    donors = _donors(originals, how)
    beginnings: list[_Beginning] = []
    edited: list[dict[str, Any]] = []
    for (name,), responses in originals.group_by("problem_id", maintain_order=True):
        of_problem = _Prompt(engine, str(name), prompts[str(name)], job)
        made = _edits(of_problem, responses, how, donors)
        begun = of_problem.beginnings([one for *_, one in made])
        beginnings += begun.values()
        edited += [_row(of_problem, *each, begun) for each in made]
    tokens = sum(each.room for each in beginnings)
    if most_tokens is not None and tokens > most_tokens:
        raise InputError(over_budget(job.model, job.benchmark, tokens, most_tokens))
    types = {name: column.type for name, column in EDITED.columns.items()}
    return _drawn(engine, beginnings, job), pl.DataFrame(edited, schema=types).sort(EDITED.key)


def _steps(rows: pl.DataFrame, job: InterventionJob) -> Steps:
    if rows.is_empty():
        raise InputError(f"benchmark {job.benchmark!r} has no problems.")
    name = rows["kind"][0]
    where = kind(name).steps
    if where is None:
        raise InputError(
            f"benchmark {job.benchmark!r}: nobody finds the steps of responses to problems of kind "
            f"{name!r}; leave it out of analyses.interventions.benchmarks."
        )
    return load_steps(where)


def _originals(samples: pl.DataFrame, rows: pl.DataFrame, job: InterventionJob) -> pl.DataFrame:
    """Return the responses that are edited, with their questions, sorted."""
    arm = job.model, job.benchmark, job.protocol
    others = [one for one in samples.select(ARM_KEY).unique().sort(ARM_KEY).rows() if one != arm]
    if others:
        raise TableError(
            f"the samples hold some of {' / '.join(others[0])} and not of {' / '.join(arm)}; give "
            f"the samples of that arm."
        )
    chosen = samples.filter(pl.col("sample_index") < job.responses)
    if missing := sorted({*rows["problem_id"]} - {*chosen["problem_id"]}):
        raise TableError(
            f"{len(missing)} problems have no sample, first {missing[0]}; give every sample shard "
            f"of the arm."
        )
    asked = rows.select("problem_id", "question")
    return chosen.join(asked, on="problem_id").sort("problem_id", "sample_index")


def _donors(originals: pl.DataFrame, how: Steps) -> list[Donor]:
    """Return the responses whose chains may be swapped in: such as came to an end."""
    donors = []
    ended = originals.filter(pl.col("finish_reason") == "stop")
    for name, index, question, response in ended.select(
        "problem_id", "sample_index", "question", "response"
    ).iter_rows():
        steps = how.split(question, response)
        if steps:
            donors.append(Donor(name, index, question, chain_of(response, steps), len(steps)))
    return donors


class _Prompt:
    """A problem as its model reads it, and the tokens of what follows."""

    def __init__(self, engine: Engine, name: str, filled: Filled, job: InterventionJob) -> None:
        self.engine, self.name, self.filled, self.job = engine, name, filled, job

    def rows(self, texts: list[str]) -> list[tuple[list[int], list[int]]]:
        """Return the tokens of the prompt, and of each text after it."""
        prompts, going = [self.filled] * len(texts), [False] * len(texts)
        rows = self.engine.rows(prompts, texts, going, self.job.sampling)
        return [(list(head), list(tail)) for head, tail in rows]

    def fillers(self, filler: str, chains: list[str]) -> list[str]:
        """Return filler of as many tokens as each chain has."""
        counts = [len(tail) for _, tail in self.rows(chains)]
        ((_, ids),) = self.rows([filler * max(counts)])
        return [self.engine.decode(ids[:count]) or "" for count in counts]

    def beginnings(self, edits: list[Edited]) -> dict[tuple[str, bool], _Beginning]:
        """Return each distinct beginning that leaves room for more, by text and `_goes_on`."""
        keys = list(dict.fromkeys((one.text, _goes_on(one)) for one in edits if not one.excluded))
        begun: dict[tuple[str, bool], _Beginning] = {}
        for (text, goes_on), (head, tail) in zip(
            keys, self.rows([text for text, _ in keys]), strict=True
        ):
            room = self.job.sampling.max_tokens - len(tail)
            room = room if goes_on else min(room, ANSWER_TOKENS)
            if room > 0:
                key = text, goes_on
                begun[key] = _Beginning(self.name, len(begun), text, head, tail, room)
        return begun


def _goes_on(one: Edited) -> bool:
    """Whether the model goes on from an edit with its chain, or has to answer."""
    return one.edit in (GOES_ON, "corrupt")


def _edits(
    prompt: _Prompt, responses: pl.DataFrame, how: Steps, donors: list[Donor]
) -> list[tuple[int, int, Edited]]:
    """Return the edits of the responses to a problem, with the sample and its steps."""
    job, made = prompt.job, []
    rows = list(responses.select("sample_index", "question", "response").iter_rows())
    chains = [chain_of(text, how.split(question, text)) for _, question, text in rows]
    fillers = prompt.fillers(how.filler, chains)
    seed = seed_of(job.seed, prompt.name)
    for (index, question, text), filler in zip(rows, fillers, strict=True):
        steps, edits = edits_of(question, text, how, job.edits, job.steps, donors, filler, seed)
        made += [(index, steps, one) for one in edits]
    return made


def _row(
    prompt: _Prompt,
    original: int,
    steps: int,
    one: Edited,
    begun: dict[tuple[str, bool], _Beginning],
) -> dict[str, Any]:
    """Return the row of an edit in EDITED."""
    beginning = None if one.excluded else begun.get((one.text, _goes_on(one)))
    return {
        "problem_id": prompt.name,
        "original": original,
        "edit": one.edit,
        "step": one.step,
        "steps": steps,
        "implied": one.implied,
        "donor_problem": one.donor.problem_id if one.donor else None,
        "donor_sample": one.donor.sample_index if one.donor else None,
        "excluded": one.excluded or (None if beginning else "no_room"),
        "sample_index": beginning.sample_index if beginning else None,
    }


def _drawn(engine: Engine, beginnings: list[_Beginning], job: InterventionJob) -> pl.DataFrame:
    rows = []
    with meter(f"intervene {job.model} {job.benchmark}", len(beginnings), "responses") as bar:
        for begun, response in _continued(engine, beginnings, job):
            ids = list(response.token_ids[: begun.room])
            cut = response.n_tokens > begun.room
            rows.append(
                {
                    "model": job.model,
                    "benchmark": job.benchmark,
                    "protocol": job.protocol,
                    "problem_id": begun.problem_id,
                    "sample_index": begun.sample_index,
                    "seed": 0,  # the likeliest token is drawn by none
                    "response": _whole(engine, begun, response, ids),
                    "n_tokens": len(begun.tail) + min(response.n_tokens, begun.room),
                    "finish_reason": "length" if cut else response.finish_reason,
                    "logprob_sum": None if cut else response.logprob_sum,
                }
            )
            bar.advance(1, len(ids))
    needed = {name: column.type for name, column in SAMPLES.columns.items() if column.need}
    return pl.DataFrame(rows, schema=needed).sort("problem_id", "sample_index")


def _continued(
    engine: Engine, beginnings: list[_Beginning], job: InterventionJob
) -> Iterator[tuple[_Beginning, Response]]:
    """Yield what follows each beginning, drawn together with those of a like limit."""
    width = -(-job.sampling.max_tokens // LIMITS)
    by_limit: dict[int, list[_Beginning]] = defaultdict(list)
    for begun in beginnings:
        by_limit[-(-begun.room // width) * width].append(begun)
    for limit, group in sorted(by_limit.items()):
        greedy = {"temperature": 0.0, "top_p": 1.0, "samples_per_shard": 1, "max_tokens": limit}
        # A penalty would count an edited beginning as a part of the prompt, not of the response.
        without = dict.fromkeys((*FILTERS, "token_logprobs"))
        sampling = job.sampling.model_copy(update=greedy | without)
        requests = [Request((*begun.head, *begun.tail), 0) for begun in group]
        for batch in engine.sample(requests, sampling):
            for drawn in batch:
                yield group[drawn.request], drawn.response


def _whole(engine: Engine, begun: _Beginning, response: Response, ids: list[int]) -> str:
    """Return the text of a beginning and what follows it.

    Both are decoded together, as the space between words may belong to either; a string that
    ends responses is cut off as the engine has cut it off.
    """
    if not ids:
        raise InputError(
            "interventions: the engine tells no tokens of what it draws, and so not what stands "
            "between the beginning of a response and what follows; take another engine."
        )
    together, alone = engine.decode([*begun.tail, *ids]), engine.decode(ids)
    if together is None or alone is None:  # a token that the tokenizer has no text for
        return begun.text + response.text
    if len(ids) == response.n_tokens and alone.startswith(response.text):
        return together[: len(together) - len(alone) + len(response.text)]
    return together
