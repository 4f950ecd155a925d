"""Studies of the largest size that the project is made for, and the commands of their rules.

As a program it prints, as JSON, the shell command of one job of each rule and its spec:

    python tests/rule_commands.py STUDY.yaml …
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
#: What an argument of a command may hold on Linux, in bytes.
MOST_ARGUMENT = 131_071
#: Models, benchmarks, samples per problem; 32 a shard.
SIZES = {"10 x 6 x 1024": (10, 6, 1024), "20 x 12 x 4096": (20, 12, 4096)}
SHARD = 32
#: In place of python: what the shell would execute, measured and not executed. A function
#: of the shell takes arguments of any length.
MEASURED = """
set -euo pipefail; export LC_ALL=C
python() {
    local longest=0 argument
    for argument in "$@"; do (( ${#argument} > longest )) && longest=${#argument}; done
    cat > spec
    printf '%s %s\\n' "$longest" "$(wc -c < spec)" > sizes
}
"""


def full_study(models: int, benchmarks: int, n: int) -> dict[str, Any]:
    """Return a study with every analysis that reads shards or lists of files."""
    names = [f"qwen2.5-math-7b-step-{step:03d}" for step in range(models)]
    problems = [f"competition-mathematics-{i:02d}" for i in range(benchmarks)]
    return {
        "study": f"full-{models}-{benchmarks}-{n}",
        "models": {
            name: {
                "source": f"hf:organisation/Qwen2.5-Math-7B-GRPO-{name}",
                "revision": f"{step:040x}",
                "role": "rl" if step else "base",
                "step": step,
            }
            for step, name in enumerate(names)
        },
        "benchmarks": {
            name: {"registry": "math500", "limit": 4 + i} for i, name in enumerate(problems)
        },
        "protocols": {
            "paper": {
                "prompt": "qwen-boxed",
                "temperature": 0.6,
                "top_p": 0.95,
                "max_tokens": 16384,
                "n": n,
                "samples_per_shard": SHARD,
                "engine": "vllm",
            }
        },
        "comparisons": [
            {"base": names[0], "other": name, "benchmarks": problems, "protocol": "paper"}
            for name in names[1:]
        ],
        "series": {"training": {"models": names, "benchmarks": problems, "protocol": "paper"}},
        "analyses": {
            "likelihood": {
                "models": names,
                "benchmarks": problems,
                "protocol": "paper",
                "responses": 32,
            },
            "chains": {
                "sheet": [f"judged-by-{i}.csv" for i in range(40)],
                "judge": {"endpoint": "http://localhost:8000/v1", "model": "judge"},
            },
        },
    }


class Command(NamedTuple):
    """What a rule runs: longest argument and standard input, in bytes; the spec as it arrives."""

    argument: int
    stdin: int
    spec: str


def commands_of(configs: list[Path], folder: Path) -> dict[str, dict[str, tuple[str, str]]]:
    """Return command and planned spec by study file and rule, as Snakemake formats them."""
    if not (folder / "config").exists():  # files that studies name are relative to it
        (folder / "config").symlink_to(ROOT / "config")
    command = [sys.executable, __file__, *(str(path.resolve()) for path in configs)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, dict[str, tuple[str, str]]] = json.loads(done.stdout)
    return found


def executed(commands: dict[str, tuple[str, str]], folder: Path) -> dict[str, Command]:
    """Have bash parse the command of each rule, and return what it would execute."""
    found = {}
    for rule, (command, _) in commands.items():
        place = folder / rule
        place.mkdir(parents=True, exist_ok=True)
        log = re.search(r"logs/\S+", command)
        assert log, f"{rule} has no log"
        (place / log[0]).parent.mkdir(parents=True, exist_ok=True)
        script = place / "script.sh"
        script.write_text(MEASURED + command, encoding="utf-8")
        subprocess.run(["bash", script], cwd=place, check=True, stdin=subprocess.DEVNULL)
        argument, stdin = map(int, (place / "sizes").read_text().split())
        found[rule] = Command(argument, stdin, (place / "spec").read_text(encoding="utf-8"))
    return found


def _formatted(config: Path) -> dict[str, tuple[str, str]]:
    """Return the command of one job of each rule of a study, and the spec in its parameters."""
    from snakemake.api import SnakemakeApi
    from snakemake.jobs import Job
    from snakemake.settings.types import ConfigSettings, OutputSettings, ResourceSettings

    with SnakemakeApi(OutputSettings(quiet={"all"})) as api:
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(configfiles=[config]),
            snakefile=ROOT / "workflow/Snakefile",
        )._workflow
        plan, made = workflow.globals["PLAN"], workflow.globals["analyses"]
        # Below this many characters a command is one argument; each may take four bytes.
        assert 4 * sys.modules["snakemake.shell"].MAX_ARG_LEN <= MOST_ARGUMENT
        # All that a job asks of the graph that it is part of.
        dag = SimpleNamespace(workflow=workflow, jobid=lambda job: 0)
        last = plan.arms[-1]
        targets = [last.problems, last.scores, *last.samples()[-1:], *last.verdicts()[-1:]]
        targets += [*plan.scored.files()[-1:], *map(plan.run_file, plan.study.lab)]
        targets += [] if last.published else [plan.model_file(last.model)]
        targets += [plan.file(f"tables/{name}.parquet") for name in made.tables_of(plan)]
        targets += [plan.file(f"figures/{name}.svg") for name in made.figures_of(plan)]
        targets += [plan.file(f"chains/{name}") for name in ("sheet.csv", "judgements.parquet")]
        targets += [plan.file(name) for name in ("report.html", "report", "report.zip")]
        found = {}
        for rule in workflow.rules:
            target = next((path for path in targets if rule.is_producer(path)), None)
            if rule.shellcmd and target:
                job = Job(rule, dag, rule.get_wildcards(target))
                found[rule.name] = (job.shellcmd, job.params.get("spec", ""))
    return found


if __name__ == "__main__":
    print(json.dumps({path: _formatted(Path(path)) for path in sys.argv[1:]}))
