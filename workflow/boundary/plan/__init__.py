"""From a study to its files: arms, digests, paths and the spec of each job.

Snakemake parses the rules again in every cluster job, so this package imports
little, reads no output of the run, and gives the same answer every time.
"""

from boundary.plan.arms import Arm
from boundary.plan.jobs import verification_job
from boundary.plan.study import Plan, plan_study

__all__ = ["Arm", "Plan", "plan_study", "verification_job"]
