"""What each thing is made of: digests of runs, models, benchmarks and protocols.

Names in paths are labels; identity is the digest beside them.  Revisions are
bumped by hand where outputs cost accelerator time: nobody wants to pay twice
because a comment was edited.
"""

from __future__ import annotations

from typing import Any

from boundary.config import Study
from boundary.config.lab import LAB_REVISION
from boundary.digests import digest
from boundary.prompts import Prompt, load_prompt

#: Bump when a change of code alters what a sampling job draws.
SAMPLER_REVISION = 1
#: Bump when a change of code alters log-probabilities.
SCORER_REVISION = 1


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
        self.prompts: dict[str, Prompt] = {
            name: load_prompt(protocol.prompt) for name, protocol in study.protocols.items()
        }

    def run(self, run: str) -> str:
        """Digest of a training run: its settings and those of its parents."""
        entry = self.study.lab[run]
        return digest(
            {
                "run": entry.model_dump(mode="json"),
                "parents": {name: self.run(name) for name in entry.parents()},
                "revision": LAB_REVISION,
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
        path, _, name = self.study.models[model].source.removeprefix("counts:").partition("#")
        return path, name or model

    def model_label(self, model: str) -> str:
        """Name and digest of a model."""
        if self.study.models[model].kind == "lab":
            run, step = self.lab_source(model)
            made_of: dict[str, Any] = {"kind": "lab", "run": self.run(run), "step": step}
        else:
            path, name = self.counts_source(model)
            made_of = {"kind": "counts", "path": path, "name": name}
        return f"{model}-{digest(made_of)}"

    def benchmark_label(self, benchmark: str) -> str:
        """Name and digest of a set of problems."""
        lab = self.study.benchmarks[benchmark].lab
        made_of: dict[str, Any] = {"name": benchmark}
        if lab is not None:
            made_of |= {"lab": lab.model_dump(mode="json"), "revision": LAB_REVISION}
        return f"{benchmark}-{digest(made_of)}"

    def sampling(self, protocol: str, benchmark: str) -> dict[str, Any]:
        """Everything that decides what a block holds; n is not among it."""
        entry = self.study.protocols[protocol].model_dump(mode="json", exclude={"n", "prompt"})
        prompt = self.prompts[protocol]
        shard = self.study.benchmarks[benchmark].samples_per_shard
        return entry | {
            "samples_per_shard": shard or entry["samples_per_shard"],
            "template": prompt.template,
            "stop": list(prompt.stop),
            "revision": SAMPLER_REVISION,
        }

    def protocol_label(self, protocol: str, benchmark: str) -> str:
        """Name and digest of a protocol, as it is on a benchmark."""
        return f"{protocol}-{digest(self.sampling(protocol, benchmark))}"
