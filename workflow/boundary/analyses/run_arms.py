"""Make the tables of an analysis that reads verdicts or samples, an arm in memory at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from boundary.analyses.arm_inputs import ArmInputs
from boundary.analyses.parts import finished, part, write
from boundary.analyses.record import Options
from boundary.jobs.reading import ArmTables
from boundary.store import provenance


def run(analysis: str, job: ArmTables, options: Options, output: Path) -> None:
    """Make and write the tables of one analysis.

    Its ``compute`` makes tables of each arm, which are joined; or, where arms must
    be seen together, what its ``combine`` makes tables of.

    Parameters
    ----------
    analysis : str
    job : ArmTables
        The arms, and what holds for all of them.
    options : Options
        Those of the analysis.
    output : Path
        Folder of the tables.
    """
    logic = part(analysis, "compute")
    made: list[Any] = []
    solved: dict[str, str] = {}
    for arm in job.arms:
        inputs = ArmInputs(arm, job)
        made.append(logic.compute(inputs, options))
        solved |= inputs.solved
    if hasattr(logic, "combine"):
        made = [logic.combine(made, job)]
    spec = job.model_dump(mode="json", exclude_unset=True)
    by = provenance(spec=spec, solved=solved)
    write(analysis, finished(analysis, made), output, by)
