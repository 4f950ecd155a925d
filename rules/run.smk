"""run: what a run says when it starts, while its jobs run and when it ends.

Inputs: what Snakemake's logger says of jobs, and their logs.
Outputs: lines on the terminal
"""

import os
import subprocess

from snakemake.common import NOTHING_TO_BE_DONE_MSG
from snakemake.logging import logger

from boundary.running.watch import Hearing, Watcher, wanted

# Hears of jobs at every level of --quiet.
WATCHER = Watcher(
    lambda line: logger.info(line, extra={"quietness": Quietness.PROGRESS})
)


def show_verdicts(folder):
    """Print the verdicts of the study, by a process that has what reads tables."""
    sys.stderr.flush()
    done = subprocess.run(
        [sys.executable, "-m", "boundary", "verdicts", folder],
        env={**os.environ, "PYTHONPATH": str(workflow.basedir)},
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        stderr=subprocess.PIPE,
        text=True,
    )
    # Where conda brings what jobs need, the environment that plans may lack it.
    if done.returncode:
        why = (done.stderr.strip() or "killed").splitlines()[-1]
        print(
            f"Its verdicts cannot be shown here: {why}\n"
            f"Where the package is installed: boundary verdicts {shlex.quote(str(folder))}",
            file=sys.stderr,
        )


def show_end():
    """Print what a finished study came to, and where its report is."""
    if set(workflow.dag_settings.targets) <= {"all"}:
        page = Path(PLAN.file("report.html")).absolute()
        show_verdicts(page.parent)
        print(f"Report: {page}", file=sys.stderr)


# Snakemake runs no hook where no job is left.
logger.addHandler(
    Hearing(NOTHING_TO_BE_DONE_MSG, lambda: workflow.dryrun or show_end())
)


onstart:
    # Snakemake gives these to a cluster without quotes.
    for path in (
        [] if workflow.local_exec else [sys.executable, workflow.workdir_init]
    ):
        if shlex.quote(str(path)) != str(path):
            raise WorkflowError(
                f"{path}: jobs of a cluster cannot run in a folder whose name has a space or "
                f"another character that a shell reads. Move or install it elsewhere."
            )
    logger.addHandler(WATCHER)
    if wanted() and QUIET.isdisjoint({Quietness.PROGRESS, Quietness.ALL}):
        WATCHER.start()


onsuccess:
    WATCHER.stop()
    show_end()


onerror:
    WATCHER.stop()
    for fault in WATCHER.faults():
        print(f"\n{fault}", file=sys.stderr)
