"""What each thing is made of: digests of runs, models, benchmarks and protocols.

Names in paths are labels; identity is the digest beside them.  Revisions are
bumped by hand where outputs cost accelerator time: nobody wants to pay twice
because a comment was edited.
"""

from __future__ import annotations

from pathlib import Path

from boundary.allowed import MODEL_KEYS
from boundary.config import Study
from boundary.config.imports import identified, import_source, reading_of
from boundary.config.lab import LAB_REVISION
from boundary.config.problems import Problems, problems_of
from boundary.config.tasks import TASKS
from boundary.counts_csv import source_of
from boundary.digests import digest
from boundary.jobs.endpoint import Served
from boundary.jobs.sampling import Sampling
from boundary.models.fingerprint import folder_fingerprint, source_path
from boundary.prompts import AnyPrompt, load_prompt

#: Bump when a change of code alters the problems that an adapter makes of a row.
ADAPTER_REVISION = 1
#: Bump when a change of code alters what a sampling job draws.
SAMPLER_REVISION = 1
#: Bump when a change of code alters log-probabilities.
SCORER_REVISION = 2
#: Bump when a change of code alters what two models write together.
CROSSING_REVISION = 1
#: Bump when a change of code alters what edits make of responses, or what follows them.
INTERVENTION_REVISION = 1
#: Bump when a change of code alters the twins of problems, or what models are shown of them.
SCREEN_REVISION = 1


def _weights(source: str, revision: str | None) -> dict[str, object]:
    """Return what identifies weights; those in a file by their content."""
    if source.startswith("file:"):
        path = source_path(source)
        if path.exists():
            return {"kind": "file", "content": folder_fingerprint(path)}
    return {"source": source, "revision": revision}


def _behind(source: str, served: Served) -> dict[str, object]:
    """Return what identifies a model behind an endpoint: what is declared, wherever it runs."""
    tokenizer = served.tokenizer and _weights(served.tokenizer, None)
    stated = served.model_dump(mode="json", exclude={"tokenizer"})
    return {"source": source, **stated, "tokenizer": tokenizer}


def _revision(task: str) -> dict[str, int]:
    """Return the revisions of what draws the problems of a task and trains models on it."""
    of_task = TASKS[task].revision
    return {"revision": LAB_REVISION} | ({"task_revision": of_task} if of_task else {})


class Identity:
    """Digests of everything that a study names.

    Parameters
    ----------
    study : Study
        The typed study.

    Raises
    ------
    InputError
        When a prompt template has gone since the study was checked.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.prompts: dict[str, AnyPrompt] = {
            name: load_prompt(protocol.prompt) for name, protocol in study.protocols.items()
        }

    def run(self, run: str) -> str:
        """Digest of a training run: its settings and those of its parents."""
        entry = self.study.lab[run]
        return digest(
            {
                "run": entry.model_dump(mode="json"),
                "parents": {name: self.run(name) for name in entry.parents()},
                **_revision(entry.task),
            }
        )

    def run_label(self, run: str) -> str:
        """Name and digest of a training run."""
        return f"{run}-{self.run(run)}"

    def lab_source(self, model: str) -> tuple[str, int]:
        """Return run and step of a lab model; the last step by default."""
        return self.study.models[model].lab_source(self.study.lab)

    def counts_source(self, model: str) -> tuple[str, str]:
        """Return the CSV file of published counts and the model's name in it."""
        return source_of(self.study.models[model].source, model)

    def model_label(self, model: str) -> str:
        """Name and digest of a model."""
        entry = self.study.models[model]
        if entry.kind == "lab":
            run, step = self.lab_source(model)
            made_of: dict[str, object] = {"kind": "lab", "run": self.run(run), "step": step}
        elif entry.kind == "counts":
            path, name = self.counts_source(model)
            made_of = {"kind": "counts", "path": path, "name": name}
        elif entry.kind == "import":
            made_of = self._imported(model)
        elif entry.endpoint is not None:
            made_of = _behind(entry.source, entry.endpoint.served)
        else:
            made_of = _weights(entry.source, entry.revision)
            if entry.adapter is not None:
                made_of["adapter"] = _weights(entry.adapter.source, entry.adapter.revision)
        return f"{model}-{digest(made_of | self.loading(model))}"

    def import_source(self, model: str) -> str:
        """Return the file or folder of responses that another tool made."""
        return import_source(self.study.models[model].source)[0]

    def _imported(self, model: str) -> dict[str, object]:
        """Return what identifies imported responses: content, names in the files, how read."""
        entry = self.study.models[model]
        path, name = import_source(entry.source)
        files, reading = identified(entry), reading_of(entry)
        return {
            "kind": "import",
            "content": files.sha256,
            "file": Path(path).name,
            "name": name or model,
            "reading": reading.model_dump(exclude_defaults=True, exclude={"problems"}),
        }

    def loading(self, model: str) -> dict[str, str]:
        """Return how the weights of a model are loaded, as far as the study says."""
        entry = self.study.models[model]
        return {key: value for key in MODEL_KEYS if (value := getattr(entry, key)) is not None}

    def problems(self, benchmark: str) -> Problems:
        """Where the problems of a benchmark that is not the lab's come from."""
        return problems_of(benchmark, self.study.benchmarks[benchmark])

    def benchmark_label(self, benchmark: str) -> str:
        """Name and digest of a set of problems."""
        entry = self.study.benchmarks[benchmark]
        made_of: dict[str, object] = {"name": benchmark}
        if entry.lab is not None:
            made_of |= {"lab": entry.lab.model_dump(mode="json"), **_revision(entry.lab.task)}
        elif (problems := self.problems(benchmark)).source:
            made_of |= {"problems": problems.identity(), "revision": ADAPTER_REVISION}
        return f"{benchmark}-{digest(made_of)}"

    def sampling(self, protocol: str, benchmark: str) -> Sampling:
        """Everything that decides what a block holds; n is not among it."""
        return Sampling.model_validate(self._settings(protocol, benchmark))

    def _settings(self, protocol: str, benchmark: str) -> dict[str, object]:
        """Return the settings of a protocol; one of published counts lacks some."""
        entry = self.study.protocols[protocol].model_dump(
            mode="json", exclude={"n", "prompt", "device"}, exclude_none=True
        )
        shard = self.study.benchmarks[benchmark].samples_per_shard
        return (
            entry
            | self.prompts[protocol].spec()
            | {
                "samples_per_shard": shard or entry.get("samples_per_shard"),
                "revision": SAMPLER_REVISION,
            }
        )

    def protocol_label(self, protocol: str, benchmark: str) -> str:
        """Name and digest of a protocol, as it is on a benchmark."""
        return f"{protocol}-{digest(self._settings(protocol, benchmark))}"
