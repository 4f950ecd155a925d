"""How many jobs each rule has, in all and left to run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from boundary.jobs.reading import tokens_beside
from boundary.plan import Arm, Plan
from boundary.plan.analyses import (
    analysis_jobs,
    bundle_inputs,
    explorer_inputs,
    figure_files,
    figure_inputs,
    label_files,
    report_inputs,
)
from boundary.plan.rounds import round_jobs

Exists = Callable[[str], bool]


@dataclass(frozen=True)
class Count:
    """Jobs of a rule.

    Attributes
    ----------
    all : int
        In all, from nothing.
    left : int
        Those that Snakemake would run now.
    """

    all: int
    left: int


#: Rules that name their log after the folder of what they make.
_BY_FOLDER = {"resolve_model", "train_model", "import_arm", "cross_sample", "intervene", "screen"}


@dataclass(frozen=True)
class RuleJob:
    """One job of the pipeline, as Snakemake makes it from a rule.

    Attributes
    ----------
    rule : str
        Its rule.
    outputs, inputs : tuple of str
        Files.
    ancient : tuple of str
        Inputs that make it stale only when they are missing and made anew.
    """

    rule: str
    outputs: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    ancient: tuple[str, ...] = ()

    @property
    def log(self) -> str:
        """The file that holds what its command prints, which rules name after its first output."""
        first = self.outputs[0].replace("results/", "logs/", 1).removesuffix(".parquet")
        if self.rule == "take_look":
            return first.removesuffix(".json") + ".log"
        folder, _, name = first.rpartition("/")
        match self.rule:
            case rule if rule in _BY_FOLDER:
                return f"{folder}.log"
            case "verify_crossing" | "verify_intervention":
                return f"{folder}-{name.removeprefix('verdicts-')}.log"
        if not first.startswith("logs/studies/"):
            return f"{first}.log"
        of_study = "/".join(first.split("/")[:3])
        short = {"draw_figures": "figures", "write_report": "report"}
        return f"{of_study}/{short.get(self.rule, self.rule)}.log"


@dataclass(frozen=True)
class Stages:
    """The jobs of a study.

    Attributes
    ----------
    counts : dict
        By rule, in the order in which data flow; rules without jobs are left out.
    to_make : frozenset of str
        Outputs of the jobs that Snakemake would run now.
    to_run : tuple of RuleJob
        Those jobs, each after those whose outputs it reads.
    """

    counts: dict[str, Count]
    to_make: frozenset[str]
    to_run: tuple[RuleJob, ...]


def stages(plan: Plan, exists: Exists | None = None) -> Stages:
    """Find the jobs that ``snakemake`` runs for the report.

    Parameters
    ----------
    plan : Plan
        The study's plan.
    exists : callable, optional
        Whether a file is there; default: on disk.

    Notes
    -----
    A file that is there counts as up to date, and scores and log-probabilities
    that are not there as needed.  What Snakemake makes anew for another reason,
    such as an edited analysis, is not counted: it is CPU time.
    """
    jobs = list(_jobs(plan))
    runs = _to_run(jobs, exists or _on_disk)
    run = tuple(job for job in jobs if job in runs)
    left = Counter(job.rule for job in run)
    counts = {r: Count(count, left[r]) for r, count in Counter(j.rule for j in jobs).items()}
    return Stages(counts, frozenset(path for job in run for path in job.outputs), run)


def _on_disk(path: str) -> bool:
    return Path(path).exists()


#: What a study needs whether or not its report is there: their paths change with it.
_NEEDED = (
    *("score_arm", "score_stopped", "read_counts", "score_import", "import_scores"),
    *("score_responses", "score_gold", "cross_sample", "intervene", "screen"),
    *("write_report", "write_explorer", "bundle_report"),
)


def _to_run(jobs: list[RuleJob], exists: Exists) -> set[RuleJob]:
    """Find the jobs that run, as Snakemake does.

    A job runs when an output is missing and something that runs needs it, or
    when an input is made anew; that of an ancient input only where it was missing.
    """
    there = {path: exists(path) for job in jobs for path in job.outputs}
    missing = {job: not all(there[path] for path in job.outputs) for job in jobs}
    needed = {path for job in jobs if job.rule in _NEEDED for path in job.outputs}
    made: set[str] = set()
    runs: set[RuleJob] = set()
    changed = True
    while changed:
        changed = False
        # Backwards, needs pass through in one go; forwards, what is made anew does.
        for job in [*reversed(jobs), *jobs]:
            if job in runs:
                continue
            asked_for = missing[job] and not needed.isdisjoint(job.outputs)
            anew = (*job.inputs, *(path for path in job.ancient if not there[path]))
            if asked_for or not made.isdisjoint(anew):
                runs.add(job)
                made.update(job.outputs)
                needed.update(job.inputs, job.ancient)
                changed = True
    return runs


def _jobs(plan: Plan) -> Iterator[RuleJob]:
    """Yield every job, each after those whose outputs it reads; the report's are the last."""
    sampled = [arm for arm in plan.arms if arm.sampled]
    asked = [arm.problems if arm.sampled else plan.benchmark_problems(arm) for arm in plan.arms]
    for path in dict.fromkeys(filter(None, asked)):
        yield RuleJob("make_problems", (path,))
    for model in plan.weights.values():
        yield RuleJob("resolve_model", (plan.model_file(model),))
    for run in plan.runs.values():
        parents = plan.study.lab[run].parents()
        yield RuleJob("train_model", (plan.run_file(run),), tuple(map(plan.run_file, parents)))
    for arm in sampled:
        yield from _arm(plan, arm)
    for arm in plan.arms:
        if arm.imported:
            yield from _imported(plan, arm)
        elif arm.published:
            yield RuleJob("read_counts", (arm.scores,))
    yield from _likelihoods(plan)
    yield from _crossings(plan)
    yield from _interventions(plan)
    for each in plan.by_screened.values():
        ancient = (each.arm.problems, plan.model_file(each.arm.model))
        yield RuleJob("screen", (each.completions,), ancient=ancient)
    if plan.chained:
        yield from _chains(plan)
    for job in analysis_jobs(plan):
        yield RuleJob(job.rule, tuple(job.outputs(plan.file("tables"))), job.inputs)
    yield RuleJob("draw_figures", tuple(figure_files(plan)), tuple(figure_inputs(plan)))
    yield RuleJob("write_report", (plan.file("report.html"),), tuple(report_inputs(plan)))
    yield RuleJob("write_explorer", (plan.file("report"),), tuple(explorer_inputs(plan)))
    yield RuleJob("bundle_report", (plan.file("report.zip"),), tuple(bundle_inputs(plan)))


def _arm(plan: Plan, arm: Arm) -> Iterator[RuleJob]:
    ancient = (arm.problems, plan.model_file(arm.model))
    for sample in arm.samples(arm.n_each):
        yield RuleJob("sample_block", (sample,), ancient=ancient)
    samples, verdicts = arm.samples(), arm.verdicts()
    first = len(arm.samples(arm.n_each))
    looks: dict[str, None] = {}
    for sample, verdict in zip(samples[:first], verdicts[:first], strict=True):
        yield RuleJob("verify_block", (verdict,), (arm.problems, sample))
    for job in round_jobs(arm):
        look = arm.going(job.look)
        if look not in looks:
            looks[look] = None
            yield RuleJob("take_look", (look,), ancient=tuple(arm.verdicts(job.look)))
        shards = tuple(samples[block] for block in job.blocks)
        yield RuleJob(job.rule, shards, ancient=(*ancient, look))
        for block in job.blocks:
            judged = arm.problems, samples[block]
            yield RuleJob("verify_round_block", (verdicts[block],), judged)
    rule = "score_stopped" if arm.stopping else "score_arm"
    yield RuleJob(rule, (arm.scores,), (arm.problems, *samples, *verdicts))


def _imported(plan: Plan, arm: Arm) -> Iterator[RuleJob]:
    if arm.published:
        yield RuleJob("import_scores", (arm.scores,))
        return
    (sample,), (verdict,), problems = arm.samples(), arm.verdicts(), plan.benchmark_problems(arm)
    yield RuleJob("import_arm", (sample, arm.problems), tuple(filter(None, [problems])))
    yield RuleJob("verify_block", (verdict,), (arm.problems, sample))
    yield RuleJob("score_import", (arm.scores,), (arm.problems, sample, verdict))


def _chains(plan: Plan) -> Iterator[RuleJob]:
    items, judged = plan.file("chains/chain_items.parquet"), plan.file("chains/judgements.parquet")
    read = [
        path
        for arm in plan.chained
        for path in (arm.problems, arm.scores, *arm.samples(), *arm.verdicts())
    ]
    yield RuleJob("select_chains", (items,), tuple(dict.fromkeys(read)))
    if plan.sheets:
        yield RuleJob("read_sheets", tuple(label_files(plan.file("tables"))), (items, *plan.sheets))
    if plan.judged:
        yield RuleJob("judge_chains", (judged,), (items,))


def _likelihoods(plan: Plan) -> Iterator[RuleJob]:
    for scorer, arm in plan.scored.pairs.values():
        ancient = (arm.problems, plan.model_file(scorer))
        samples = arm.samples(plan.scored.responses(arm))
        for name, sample in zip(plan.scored.names(arm), samples, strict=True):
            file = f"{plan.scored.folder(scorer)}/{name}"
            yield RuleJob("score_responses", (file, tokens_beside(file)), (sample,), ancient)
    for folder, arm in plan.scored.gold.items():
        for scorer in plan.scored.scorers:
            file = f"{plan.scored.folder(scorer)}/{plan.scored.gold_name(folder)}"
            ancient = (arm.problems, plan.model_file(scorer))
            yield RuleJob("score_gold", (file, tokens_beside(file)), (), ancient)


def _crossings(plan: Plan) -> Iterator[RuleJob]:
    for each in plan.by_crossing.values():
        models = (plan.model_file(arm.model) for arm in (each.host, each.donor))
        drawn = each.donor.n_each
        of_donor = (*each.donor.samples(drawn), *each.donor.verdicts(drawn))
        made = (each.samples, each.ranked)
        yield RuleJob("cross_sample", made, ancient=(each.donor.problems, *models, *of_donor))
        yield RuleJob("verify_crossing", (each.verdicts,), (each.donor.problems, each.samples))


def _interventions(plan: Plan) -> Iterator[RuleJob]:
    for each in plan.by_intervention.values():
        ancient = (each.arm.problems, plan.model_file(each.arm.model), *each.originals)
        yield RuleJob("intervene", (each.samples, each.edited), ancient=ancient)
        yield RuleJob("verify_intervention", (each.verdicts,), (each.arm.problems, each.samples))
