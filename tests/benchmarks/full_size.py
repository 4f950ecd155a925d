"""Arguments of commands at the largest sizes, and a study of 60 arms × 32 blocks to the end.

Run from anywhere, in the environment of `make install`:

    python tests/benchmarks/full_size.py [--cores 2] [--plan-only] [--folder DIR]

First it plans the largest studies and prints, by rule, the longest argument that the shell
would execute and the bytes of the spec on standard input. Then it samples and verifies
tiny shards (three problems a benchmark) with the project's own writers, and runs
everything from scores to report through the rules. Linux takes 131,071 bytes an argument.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from boundary.engines import Drawn, Filled, Request, Response
from boundary.jobs.making import SamplingJob
from boundary.jobs.sampling import Sampling
from boundary.plan import Plan, plan_study, specs
from boundary.sampling import sample_block
from boundary.store import provenance, write_table
from boundary.tables import PROBLEMS, VERDICTS_TABLE
from boundary.verify.setting import Setting
from boundary.verify.stream import verify_files
from rule_commands import MOST_ARGUMENT, ROOT, SHARD, SIZES, commands_of, executed, full_study

PROBLEMS_EACH = 3


class Teller:
    """An engine that answers at once, right in a share of cases that a model has."""

    def __init__(self, share: float) -> None:
        self.share = share

    def render(self, filled: Filled, _: Sampling) -> str:
        return str(filled)

    def encode(self, filled: Filled, sampling: Sampling) -> list[int]:
        return [1]

    def sample(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[list[Drawn]]:
        for place, request in enumerate(requests):
            rng = np.random.default_rng(request.seed)
            for sample in range(sampling.samples_per_shard):
                if sample in request.done:
                    continue
                answer = place if rng.random() < self.share / (1 + place) ** 3 else 90
                text = f"Attempt {rng.integers(2**40)}, so \\boxed{{{answer}}}"
                yield [Drawn(place, sample, Response(text, 20, "stop", -9.0))]

    def score(self, *_: object) -> list[tuple[int, float]]:
        raise NotImplementedError("nothing is scored here")

    def provenance(self) -> dict[str, str]:
        return {"engine": "teller", "dtype": "bfloat16"}

    def hardware(self) -> dict[str, str]:
        return {}


def make_shards(plan: Plan) -> None:
    """Write problems, models, samples and verdicts of every arm into the working directory."""
    for arm in plan.arms:
        if not Path(arm.problems).exists():
            write_table(problems_of(arm.benchmark), Path(arm.problems), PROBLEMS)
        model = Path(plan.model_file(arm.model))
        model.parent.mkdir(parents=True, exist_ok=True)
        model.write_text("{}")
    for number, arm in enumerate(plan.arms):
        print(f"shards of arm {number + 1} of {len(plan.arms)}", end="\r", flush=True)
        engine = Teller(0.2 + 0.01 * number)
        paths = [Path(path) for path in arm.samples()]
        problems = pl.read_parquet(arm.problems)
        for index, path in enumerate(paths):
            job = SamplingJob.model_validate_json(specs.sample_spec(plan, arm.folder, index))
            sample_block(engine, problems, job, path)
        verdicts = verify_files(Path(arm.problems), paths, lambda kind: Setting(1))
        for index, target in enumerate(arm.verdicts()):
            own = verdicts.filter(pl.col("sample_index") // SHARD == index)
            write_table(own, Path(target), VERDICTS_TABLE, provenance=provenance())


def problems_of(benchmark: str) -> pl.DataFrame:
    """Return three problems, whose answers are 0, 1 and 2."""
    unknown = pl.lit(None, dtype=pl.String)
    return pl.DataFrame(
        {
            "benchmark": [benchmark] * PROBLEMS_EACH,
            "problem_id": [f"p{i}" for i in range(PROBLEMS_EACH)],
            "question": [f"What is {i}, in {benchmark}?" for i in range(PROBLEMS_EACH)],
            "answer": [str(i) for i in range(PROBLEMS_EACH)],
            "kind": ["math"] * PROBLEMS_EACH,
        }
    ).with_columns(tests=unknown, metadata=unknown)


def print_arguments(folder: Path) -> None:
    """Print the longest argument and the spec's bytes, by rule and study."""
    configs = []
    for label, size in SIZES.items():
        configs.append(folder / f"{label.replace(' ', '')}.yaml")
        configs[-1].write_text(yaml.safe_dump(full_study(*size)))
    smoke = ROOT / "config/studies/smoke.yaml"
    published = ROOT / "config/studies/math500_published.yaml"
    found = commands_of([*configs, smoke, published], folder)
    measured = [
        executed(found[str(path)], folder / path.stem) for path in (*configs, smoke, published)
    ]
    rules = dict.fromkeys(rule for commands in measured for rule in commands)
    heads = [*SIZES, "smoke", "published"]
    print(f"longest argument / bytes of the spec; an argument may have {MOST_ARGUMENT:,}")
    print(f"{'':22}" + "".join(f"{head:>18}" for head in heads))
    for rule in rules:
        cells = [commands.get(rule) for commands in measured]
        shown = [f"{cell.argument:,} / {cell.stdin:,}" if cell else "" for cell in cells]
        print(f"{rule:22}" + "".join(f"{cell:>18}" for cell in shown))


def run_rules(folder: Path, config: Path, cores: int) -> None:
    """Run Snakemake from scores to report, and print the seconds of each rule."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores)]
    command += ["--snakefile", str(ROOT / "workflow/Snakefile"), "--directory", str(folder)]
    targets = [f"results/studies/{yaml.safe_load(config.read_text())['study']}/report.html"]
    began = time.perf_counter()
    done = subprocess.run(
        [*command, "--configfile", str(config), "--", *targets],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stdout[-6000:])
    for rule, seconds in durations(done.stdout).items():
        print(f"{rule:22}{len(seconds):4} jobs {sum(seconds):8.0f} s")
    print(f"{'all':22}{'':9}{time.perf_counter() - began:9.0f} s")


def durations(log: str) -> dict[str, list[float]]:
    """Return the seconds of each job by rule, as the log of Snakemake tells them."""
    began: dict[str, tuple[str, datetime]] = {}
    found: dict[str, list[float]] = {}
    now, rule = datetime.min, ""
    for line in log.splitlines():
        if stamp := re.fullmatch(r"\[(.+)\]", line.strip()):
            now = datetime.strptime(stamp[1], "%a %b %d %H:%M:%S %Y")
        elif started := re.match(r"(?:local)?rule (\w+):", line):
            rule = started[1]
        elif number := re.match(r"    jobid: (\d+)", line):
            began[number[1]] = (rule, now)
        elif ended := re.match(r"Finished jobid: (\d+)", line):
            name, start = began.get(ended[1], ("", now))
            found.setdefault(name, []).append((now - start).total_seconds())
    return found


def main() -> None:
    """Print arguments, make shards and run the rules."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--plan-only", action="store_true")
    parser.add_argument("--folder", type=Path, help="Where to work; default: a temporary one.")
    options = parser.parse_args()
    folder = (options.folder or Path(tempfile.mkdtemp())).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    print_arguments(folder)
    if options.plan_only:
        return
    study = full_study(*next(iter(SIZES.values())))
    study["analyses"] = {"chains": {}}
    config = folder / "study.yaml"
    config.write_text(yaml.safe_dump(study))
    plan = plan_study(study, str(config))
    began = time.perf_counter()
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stderr(nowhere),
        contextlib.chdir(folder),
    ):
        make_shards(plan)
    shards = sum(len(arm.samples()) for arm in plan.arms)
    print(f"{len(plan.arms)} arms, {shards} shards made in {time.perf_counter() - began:.0f} s")
    run_rules(folder, config, options.cores)
    if options.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
