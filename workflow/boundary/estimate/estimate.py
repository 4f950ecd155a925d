"""Combine the table of throughputs with finished blocks into the cost of a study."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from boundary.config.tasks import LabRun
from boundary.config.throughput import throughput
from boundary.estimate.costs import ArmCost, Estimate, OtherCost, Work
from boundary.estimate.pilots import Finished, counted_rows, finished, resolved
from boundary.estimate.share import new_rows, share_of
from boundary.estimate.stages import stages
from boundary.plan import Arm, Plan
from boundary.plan.cost import (
    Basis,
    Place,
    length_factor,
    place_of,
    sampling_basis,
    scoring_basis,
    screening_basis,
)
from boundary.plan.rounds import round_jobs


def estimate_study(
    plan: Plan,
    *,
    gpu: str | None = None,
    cores: int | None = None,
    pilots: bool = True,
    rates: str | None = None,
) -> Estimate:
    """Estimate what a study costs.

    Parameters
    ----------
    plan : Plan
        The study's plan.
    gpu : str, optional
        A GPU of the table of throughputs; default: its reference.
    cores : int, optional
        Cores that jobs without a GPU can have; default: as many as they ask for.
    pilots : bool
        Whether finished blocks take precedence over the table.
    rates : str, optional
        Published counts, ``FILE.csv#NAME``, by which is expected how many problems stop where.

    Raises
    ------
    InputError
        When the table lacks the GPU, or something finished cannot be read.
    """
    reference = throughput().reference
    return _Estimation(plan, gpu or reference, cores, pilots, rates).estimate()


class _Estimation:
    """One study on one kind of machine.

    Attributes
    ----------
    billions : dict
        Parameters of the models that are here, by name.
    finished : dict
        Finished blocks, by the folder of their arm.
    """

    def __init__(
        self, plan: Plan, gpu: str, cores: int | None, pilots: bool, rates: str | None
    ) -> None:
        self.plan, self.gpu, self.cores, self.rates = plan, gpu, cores, rates
        self.kind = throughput().gpu(gpu)
        self.stages = stages(plan)
        self.sampled = [arm for arm in plan.arms if arm.sampled]
        counts = {name: resolved(plan, name).parameters for name in plan.study.models}
        self.billions = {name: n / 1e9 for name, n in counts.items() if n}
        self.finished: dict[str, Finished | None] = (
            {arm.folder: finished(arm) for arm in self.sampled} if pilots else {}
        )

    def estimate(self) -> Estimate:
        """Estimate everything."""
        return Estimate(
            study=self.plan.study.study,
            gpu=self.gpu,
            arms=[self._arm(arm) for arm in self.sampled],
            others=[
                *self._training(),
                *self._likelihoods(),
                *self._crossings(),
                *self._interventions(),
                *self._screened(),
            ],
            weights=self._weights(),
            jobs=self.stages.counts,
            again=self._again(),
        )

    def _place(self, model: str, protocol: str, engine: str | None = None) -> Place:
        return place_of(self.plan.identity, model, protocol, self.billions.get(model), engine)

    @cached_property
    def _places(self) -> dict[str, Place]:
        """What the jobs of each arm run on, by its folder."""
        return {arm.folder: self._place(arm.model, arm.protocol) for arm in self.sampled}

    # --- sampling -----------------------------------------------------------

    def _arm(self, arm: Arm) -> ArmCost:
        place, endpoint = self._places[arm.folder], self.plan.study.models[arm.model].endpoint
        prices = endpoint and endpoint.prices
        basis = sampling_basis(self.plan.identity, arm, place, gpu=self.gpu, cores=self.cores)
        basis, pilot = self._measured(arm, basis)
        if pilot:
            basis = replace(basis, row_bytes=pilot.bytes / pilot.responses, file_bytes=0.0)
        speed, speed_from = self._speed(arm, basis)
        basis = replace(basis, speed=speed)
        firsts, largest = _sampling_jobs(arm)
        left = [path for path in firsts if path in self.stages.to_make]
        jobs, rule = len(firsts), arm.stopping
        share = share_of(arm, rule, self.rates) if rule else None
        rows = new_rows(arm, rule, share, basis.rows) if rule and share and basis.rows else None
        # Time and bytes go with tokens, of which problems that go on may take more or fewer.
        of_n = (share.tokens or share.share) if share else 1.0
        return ArmCost(
            model=arm.model,
            benchmark=arm.benchmark,
            protocol=arm.protocol,
            problems=basis.rows,
            n=arm.n,
            samples_per_shard=arm.shard,
            billions=place.billions,
            tokens_from="pilot" if pilot else "table",
            speed_from=speed_from,
            runtime=self.plan.job(arm.model, arm, largest).runtime,
            filled=place.filled(self.kind),
            next_block=left[0] if left else None,
            basis=basis,
            work=self._work(
                basis, of_n * arm.n / jobs, place, jobs, jobs - len(left), most=arm.n / jobs
            ),
            share=share,
            new_rows=rows,
            price=prices.output if prices else None,
        )

    def _measured(self, arm: Arm, basis: Basis) -> tuple[Basis, Finished | None]:
        """Replace expected rows and lengths with known ones."""
        basis = replace(basis, rows=counted_rows(arm) or basis.rows)
        done = self.finished.get(arm.folder)
        if done is None:
            return basis, None
        scale = length_factor(done.mean_tokens) / length_factor(basis.tokens)
        speed = None if basis.speed is None else basis.speed * scale
        drawn = done.drawn if basis.drawn > 1 else 1.0  # one forward pass scores
        return replace(basis, tokens=done.mean_tokens, drawn=drawn, speed=speed), done

    def _speed(self, arm: Arm, basis: Basis) -> tuple[float | None, str]:
        """Return the throughput at the length that a basis expects, and where it is from."""
        for other in (arm, *(other for other in self.sampled if self._alike(arm, other))):
            done = self.finished.get(other.folder)
            speed = done.speed(basis.start_up) if done else None
            if done and speed is not None:
                scale = length_factor(basis.tokens) / length_factor(done.mean_tokens)
                return speed * scale, "pilot" if other is arm else f"pilot of {other.benchmark}"
        return basis.speed, "table" if basis.speed is not None else "unknown"

    def _alike(self, arm: Arm, other: Arm) -> bool:
        """Whether another arm has the same model and sampler on the same kind of machine."""
        places, protocols = self._places, self.plan.study.protocols
        if protocols[arm.protocol].sampler != protocols[other.protocol].sampler:
            return False
        mine = other.model == arm.model and other.folder != arm.folder
        return mine and places[other.folder] == places[arm.folder]

    def _work(
        self,
        basis: Basis,
        samples: float,
        place: Place,
        jobs: int,
        done: int,
        most: float | None = None,
    ) -> Work:
        """Return the work of jobs of so many samples a problem, as expected and at most."""
        most = most or samples
        return Work(
            jobs=jobs,
            done=done,
            gpus=place.gpus,
            threads=min(place.threads, self.cores or place.threads),
            tokens=basis.block_tokens(samples),
            most_tokens=basis.block_tokens(most, most=True),
            seconds=basis.block_seconds(samples),
            most_seconds=basis.block_seconds(most, most=True),
            bytes=basis.block_bytes(samples),
        )

    # --- everything else ----------------------------------------------------

    def _likelihoods(self) -> list[OtherCost]:
        plan, costs = self.plan, []
        for scorer, arm in plan.scored.pairs.values():
            place = self._place(scorer, arm.protocol, plan.scored.engine(arm))
            basis = scoring_basis(plan.identity, arm, place, gpu=self.gpu, cores=self.cores)
            basis, _ = self._measured(arm, basis)
            folder, names = plan.scored.folder(scorer), plan.scored.names(arm)
            done = sum(f"{folder}/{name}" not in self.stages.to_make for name in names)
            a_job = math.ceil(plan.scored.responses(arm) / len(names))
            work = self._work(basis, a_job, place, len(names), done)
            what = f"{arm.model} on {arm.benchmark} under {scorer}"
            costs.append(OtherCost("score_responses", what, work))
        for folder, arm in plan.scored.gold.items():
            for scorer in plan.scored.scorers:
                place = self._place(scorer, arm.protocol, plan.scored.engine(arm))
                basis = scoring_basis(plan.identity, arm, place, gpu=self.gpu, cores=self.cores)
                path = f"{plan.scored.folder(scorer)}/{plan.scored.gold_name(folder)}"
                work = self._work(basis, 1, place, 1, int(path not in self.stages.to_make))
                what = f"solutions of {arm.benchmark} under {scorer}"
                costs.append(OtherCost("score_gold", what, work))
        return costs

    def _crossings(self) -> list[OtherCost]:
        costs = []
        for crossing in self.plan.by_crossing.values():
            arm, host = crossing.donor, crossing.host
            place = self._place(arm.model, arm.protocol)
            basis = sampling_basis(self.plan.identity, arm, place, gpu=self.gpu, cores=self.cores)
            basis, _ = self._measured(arm, basis)
            # Two models read every token.
            basis = replace(basis, speed=None if basis.speed is None else basis.speed / 2)
            done = int(crossing.samples not in self.stages.to_make)
            work = self._work(basis, crossing.per_problem, place, 1, done)
            what = f"{arm.model} in {host.model} on {arm.benchmark}"
            costs.append(OtherCost("cross_sample", what, work))
        return costs

    def _interventions(self) -> list[OtherCost]:
        costs = []
        for each in self.plan.by_intervention.values():
            arm = each.arm
            place = self._place(arm.model, arm.protocol)
            basis = sampling_basis(self.plan.identity, arm, place, gpu=self.gpu, cores=self.cores)
            basis, _ = self._measured(arm, basis)
            done = int(each.samples not in self.stages.to_make)
            work = self._work(basis, each.whole_responses(int(basis.most)), place, 1, done)
            what = f"{arm.model} on {arm.benchmark}"
            costs.append(OtherCost("intervene", what, work))
        return costs

    def _screened(self) -> list[OtherCost]:
        costs = []
        for each in self.plan.by_screened.values():
            arm = each.arm
            place = self._place(arm.model, arm.protocol)
            basis = screening_basis(self.plan.identity, arm, place, gpu=self.gpu, cores=self.cores)
            basis = replace(basis, rows=counted_rows(arm) or basis.rows)
            done = int(each.completions not in self.stages.to_make)
            work = self._work(basis, each.per_problem, place, 1, done)
            costs.append(OtherCost("screen", f"{arm.model} on {arm.benchmark}", work))
        return costs

    def _training(self) -> list[OtherCost]:
        plan, table, costs = self.plan, throughput(), []
        for run in plan.runs.values():
            entry = plan.study.lab[run]
            step = table.lab.seconds_per_step[entry.recipe] * _step_size(entry)
            seconds = table.start_up.train + entry.steps * step
            done = int(plan.run_file(run) not in self.stages.to_make)
            work = Work(1, done, 0, 1, None, None, seconds, seconds, 0.0)
            costs.append(OtherCost("train_model", run, work))
        return costs

    def _weights(self) -> dict[str, tuple[float | None, bool]]:
        """Bytes of the weights from outside, and whether they were counted."""
        sizes: dict[str, tuple[float | None, bool]] = {}
        for model in self.plan.weights.values():
            counted = resolved(self.plan, model).bytes
            protocol = next(arm.protocol for arm in self.sampled if arm.model == model)
            billions = self._place(model, protocol).billions
            if counted is not None:
                sizes[model] = float(counted), True
            else:
                per = throughput().disk.per_parameter
                sizes[model] = None if billions is None else 1e9 * billions * per, False
        return sizes

    def _again(self) -> dict[str, int]:
        """Count finished blocks that would be sampled again, by what they are made from."""
        again: Counter[str] = Counter()
        make = self.stages.to_make
        for arm in self.sampled:
            count = sum(path in make and Path(path).is_file() for path in arm.samples())
            for path in {arm.problems, self.plan.model_file(arm.model)} & make:
                again[path] += count
        return {path: count for path, count in sorted(again.items()) if count}


def _sampling_jobs(arm: Arm) -> tuple[list[str], int]:
    """Return the first shard of each job that samples an arm, and blocks of the largest job."""
    rounds, samples = round_jobs(arm), arm.samples()
    firsts = [*arm.samples(arm.n_each), *(samples[job.blocks[0]] for job in rounds)]
    return firsts, max([1, *(len(job.blocks) for job in rounds)])


def _step_size(entry: LabRun) -> float:
    """How much larger a training step is than one with the default settings of its recipe."""
    return entry.step_work / type(entry).model_construct().step_work
