"""The plan of a study: its arms, its training runs and the files it ends in."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from boundary import kinds
from boundary.config import Study, parse_study
from boundary.config.analyses import Interventions, Screen
from boundary.config.imports import by_theirs, graded_by_benchmark
from boundary.config.lab import checkpoint_name
from boundary.config.model import GIVEN, Model
from boundary.config.problems import kind_of
from boundary.config.published import samples
from boundary.config.raw import arms
from boundary.errors import InputError
from boundary.jobs.endpoint import Reached
from boundary.plan.arms import COUNTS, IMPORTED, IMPORTED_SCORES, SAMPLED, Arm, Source
from boundary.plan.cautions import cautions, silent_types
from boundary.plan.crossing import Crossing
from boundary.plan.identity import Identity
from boundary.plan.interventions import Intervention
from boundary.plan.jobs import Resources, crossing_job, intervention_job, job_of, screen_job
from boundary.plan.scored import Scored
from boundary.plan.screen import Screened
from boundary.yamlfile import Spellings


class Plan:
    """All files of a study.

    Parameters
    ----------
    study : Study
        The typed study.

    Attributes
    ----------
    arms : list of Arm
        Every arm that a comparison or a series needs, in the study's order.
    by_folder : dict
        Arms by the folder that stands in their paths.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.identity = Identity(study)
        self.arms = [self.arm(*names) for names in arms(self._raw)]
        self.by_folder = {arm.folder: arm for arm in self.arms}

    def arm(self, model: str, benchmark: str, protocol: str) -> Arm:
        """Return the arm of three names."""
        entry, identity = self.study.models[model], self.identity
        n = samples(entry, self.study.protocols[protocol], (model, benchmark, protocol))
        if n is None and entry.kind != "import":
            raise InputError(f"{entry.source}: the counts have changed since they were checked.")
        source = _source(entry)
        labels = (
            identity.model_label(model),
            identity.benchmark_label(benchmark),
            identity.protocol_label(protocol, benchmark),
        )
        return Arm(
            model=model,
            benchmark=benchmark,
            protocol=protocol,
            folder="/".join(labels),
            n=n or 0,
            shard=0
            if source is not SAMPLED
            else identity.sampling(protocol, benchmark).samples_per_shard,
            kind=kind_of(benchmark, self.study.benchmarks[benchmark]),
            source=source,
            sandbox=self.study.verification.sandbox,
            extract=self.study.verification.extract,
            stdout_tolerance=self.study.verification.stdout_tolerance,
            verifier=self.study.benchmarks[benchmark].verifier,
            # A model with an n of its own has as many samples of every problem.
            stopping=None if entry.n else self.study.protocols[protocol].stopping,
        )

    def unused(self) -> list[str]:
        """Key paths of entries that no comparison and no series brings into play."""
        study = self.study
        runs = set(self.runs.values())
        idle = {
            "models": set(study.models) - {arm.model for arm in self.arms},
            "benchmarks": set(study.benchmarks) - {arm.benchmark for arm in self.arms},
            "protocols": set(study.protocols) - {arm.protocol for arm in self.arms},
            "lab": set(study.lab) - runs,
        }
        return [f"{section}.{name}" for section, names in idle.items() for name in sorted(names)]

    # --- problems and models ------------------------------------------------

    @cached_property
    def benchmarks(self) -> dict[str, str]:
        """Benchmark names by the label in the path of their problems."""
        return {arm.folder.split("/")[1]: arm.benchmark for arm in self.arms}

    def benchmark_problems(self, arm: Arm) -> str | None:
        """Path of the problems by which imported responses are graded; None: those of the files."""
        if arm.published or not graded_by_benchmark(self._raw, arm.model, arm.benchmark):
            return None
        return f"results/problems/{arm.folder.split('/')[1]}.parquet"

    @cached_property
    def _raw(self) -> dict[str, Any]:
        return self.study.model_dump()

    @cached_property
    def runs(self) -> dict[str, str]:
        """Training runs that the study needs, by the label in their path."""
        by_label: dict[str, str] = {}
        for arm in self.arms:
            if self.study.models[arm.model].kind == "lab":
                self._add_run(self.identity.lab_source(arm.model)[0], by_label)
        return by_label

    def _add_run(self, run: str, by_label: dict[str, str]) -> None:
        for parent in self.study.lab[run].parents():
            self._add_run(parent, by_label)
        by_label[self.identity.run_label(run)] = run

    def run_file(self, run: str) -> str:
        """File that says that a training run is whole."""
        return f"results/models/{self.identity.run_label(run)}/run.json"

    @cached_property
    def weights(self) -> dict[str, str]:
        """Models that come from outside, by the label in their path."""
        return {
            arm.folder.split("/")[0]: arm.model
            for arm in self.arms
            if self.study.models[arm.model].kind not in ("lab", *GIVEN)
        }

    @cached_property
    def behind(self) -> dict[str, Reached]:
        """How models behind endpoints are reached, by the label in their path."""
        return {
            label: endpoint.reached
            for label, model in self.weights.items()
            if (endpoint := self.study.models[model].endpoint)
        }

    def model_file(self, model: str) -> str:
        """File whose presence says that a model is ready."""
        if self.study.models[model].kind == "lab":
            return self.run_file(self.identity.lab_source(model)[0])
        return f"results/models/{self.identity.model_label(model)}/model.json"

    def checkpoint(self, run: str, step: int) -> str:
        """Folder of a lab checkpoint, as an engine loads it."""
        return f"results/models/{self.identity.run_label(run)}/{checkpoint_name(step)}"

    def checkpoint_of(self, model: str) -> str:
        """Folder of a model, as an engine loads it."""
        if self.study.models[model].kind == "lab":
            return self.checkpoint(*self.identity.lab_source(model))
        return f"results/models/{self.identity.model_label(model)}/checkpoint"

    def loading(self, model: str) -> dict[str, str]:
        """How the weights of a model are loaded, where the study says; the adapter's folder."""
        settings = self.identity.loading(model)
        if self.study.models[model].adapter is not None:
            settings["adapter"] = f"results/models/{self.identity.model_label(model)}/adapter"
        return settings

    def warnings(self) -> list[str]:
        """Return what can be planned and not be run as it stands, by key path."""
        names = dict.fromkeys(arm.model for arm in self.arms)
        models = {f"models.{name}": self.study.models[name] for name in names}
        adapters = {f"{key}.adapter": m.adapter for key, m in models.items() if m.adapter}
        problems = {
            f"benchmarks.{arm.benchmark}": self.identity.problems(arm.benchmark)
            for arm in self.arms
            if arm.sampled or (arm.imported and self.benchmark_problems(arm))
            if self.study.benchmarks[arm.benchmark].lab is None
        }
        lines = []
        for key, entry in (models | adapters | problems).items():
            if entry.unverified:
                lines.append(f"{key}: no one has established the revision of {entry.source}.")
            path = Path(str(entry.source).removeprefix("file:"))
            if str(entry.source).startswith("file:") and not path.exists():
                lines.append(f"{key}: {path} is not there.")
            images = getattr(entry, "images", None)
            if images is not None and not Path(images).is_dir():
                lines.append(f"{key}.images: the folder {images} is not there.")
        if self.study.verification.sandbox == "reduced":
            lines.append(
                "verification.sandbox: where no isolated sandbox works, programs run in a reduced "
                "one, which a program that attacks its grader can leave."
            )
        lines += [
            f"{key}.endpoint: prompts are sent to {model.endpoint.url}, which may cost money."
            for key, model in models.items()
            if model.endpoint
        ]
        lines += self._chain_warnings()
        lines += cautions(self.study, self.arms)
        lines += dict.fromkeys(silent_types(self.study, self.arms))
        return lines

    def _chain_warnings(self) -> list[str]:
        chains = self.study.analyses.chains
        key = "analyses.chains"
        lines = [
            f"{key}.sheet: {path} is not there." for path in self.sheets if not Path(path).exists()
        ]
        stop = [arm for arm in self.arms if arm.stopping] if chains is not None else []
        lines += dict.fromkeys(
            f"{key}: problems under protocols.{arm.protocol} stop early, so that the chains of "
            f"{arm.model} are left out."
            for arm in stop
        )
        if chains is not None and chains.judge is not None:
            lines.append(
                f"{key}.judge: problems and responses are sent to {chains.judge.endpoint}, which "
                f"may cost money."
            )
        return lines

    def job(self, model: str, arm: Arm, blocks: int = 1) -> Resources:
        """Return what a job needs that samples blocks of an arm."""
        return job_of(self.identity, model, arm, blocks=blocks)

    def crossing_job(self, crossing: Crossing) -> Resources:
        """Return what a job needs in which two models write together."""
        return crossing_job(self.identity, crossing)

    @cached_property
    def scored(self) -> Scored:
        """The responses that are scored under models."""
        return Scored(self.study.analyses.likelihood, self.identity, self.arm)

    # --- cross-sampling -----------------------------------------------------

    @cached_property
    def crossings(self) -> list[Crossing]:
        """What two models write together: both directions of each pair on each benchmark."""
        asked = self.study.analyses.cross_sampling
        # Nothing else reads it, so that without its analysis it would be drawn for nobody.
        if asked is None or getattr(self.study.analyses, "gain_carriers", True) is False:
            return []
        return [
            Crossing(
                pair.label,
                self.arm(host, benchmark, pair.protocol),
                self.arm(donor, benchmark, pair.protocol),
                tuple(asked.positions),
                asked.responses,
            )
            for pair in self.study.comparisons
            if pair.label in asked.comparisons
            for benchmark in pair.benchmarks
            if benchmark in asked.benchmarks
            for host, donor in ((pair.base, pair.other), (pair.other, pair.base))
        ]

    @cached_property
    def by_crossing(self) -> dict[str, Crossing]:
        """The same by the folder in their paths, in which a pair of two names stands once."""
        return {crossing.folder: crossing for crossing in self.crossings}

    # --- interventions, and the screen --------------------------------------

    @cached_property
    def interventions(self) -> list[Intervention]:
        """The arms whose responses are edited."""
        asked = self.study.analyses.interventions
        return [Intervention.of(arm, asked) for arm in self._asked(asked)] if asked else []

    @cached_property
    def screened(self) -> list[Screened]:
        """The arms of whose problems their model completes parts."""
        asked = self.study.analyses.screen
        return [Screened.of(arm, asked) for arm in self._asked(asked)] if asked else []

    def _asked(self, asked: Interventions | Screen) -> list[Arm]:
        """Return the arms of a section."""
        return [
            self.arm(model, benchmark, asked.protocol)
            for benchmark in asked.benchmarks
            for model in asked.models
        ]

    @cached_property
    def by_screened(self) -> dict[str, Screened]:
        """The screened arms by the folder in their paths."""
        return {each.folder: each for each in self.screened}

    def screen_job(self, screened: Screened) -> Resources:
        """Return what a job needs in which a model completes problems."""
        return screen_job(self.identity, screened)

    @cached_property
    def by_intervention(self) -> dict[str, Intervention]:
        """The edited ones by the folder in their paths."""
        return {each.folder: each for each in self.interventions}

    def intervention_job(self, intervention: Intervention) -> Resources:
        """Return what a job needs that edits responses and lets their model go on."""
        return intervention_job(self.identity, intervention)

    # --- the study's own files ----------------------------------------------

    def file(self, name: str) -> str:
        """Path of a result of the study itself."""
        return f"results/studies/{self.study.study}/{name}"

    def of_kind(self, *kinds: str) -> list[Arm]:
        """Return the arms with responses to problems of some kinds."""
        return [arm for arm in self.arms if arm.kind in kinds and not arm.published]

    def asks(self, section: str) -> bool:
        """Whether the study has a section, such as ``analyses.likelihood``."""
        value: Any = self.study
        for key in section.split("."):
            value = getattr(value, key)
        return bool(value)

    @cached_property
    def chained(self) -> list[Arm]:
        """Arms whose chains of thought are looked at."""
        argued = kinds.names(lambda kind: kind.argued)
        arms = self.of_kind(*argued) if self.study.analyses.chains else []
        # Problems stop by correct answers, and no estimate is known of stricter labels.
        return [arm for arm in arms if arm.stopping is None]

    @property
    def sheets(self) -> list[str]:
        """Sheets of judgements that people filled in."""
        return self.study.analyses.chains.sheets if self.study.analyses.chains else []

    @property
    def judged(self) -> bool:
        """Whether a language model judges chains of thought."""
        chains = self.study.analyses.chains
        return chains is not None and chains.judge is not None

    def example_files(self) -> list[str]:
        """Files from which the report quotes responses: the first block of each arm."""
        judged = [arm for arm in self.arms if not arm.published]
        quoted = [[arm.problems, *arm.samples(1), *arm.verdicts(1)] for arm in judged]
        return list(dict.fromkeys(path for paths in quoted for path in paths))


def _source(model: Model) -> Source:
    if model.kind == "counts":
        return COUNTS
    if model.kind == "import":
        return IMPORTED_SCORES if by_theirs(model) else IMPORTED
    return SAMPLED


def plan_study(raw: dict[str, Any], where: str, spellings: Spellings | None = None) -> Plan:
    """Validate a raw configuration, as of `boundary.config.parse_study`, and plan it."""
    return Plan(parse_study(raw, where, spellings))
