"""The plan of the study, and thin functions from wildcards to it."""

import re
import shlex
import sys
from importlib import import_module
from pathlib import Path

from snakemake import __version__ as SNAKEMAKE_VERSION
from snakemake.dag import DAG
from snakemake.exceptions import WorkflowError
from snakemake.settings.enums import Quietness

# The package beside this workflow, whichever is installed.
sys.path.insert(0, str(workflow.basedir))

from boundary.allowed import GOLD
from boundary.closure import command_code
from boundary.errors import BoundaryError
from boundary.plan import (
    analyses,
    crossing_specs,
    intervention_specs,
    page_specs,
    plan_study,
    round_specs,
    rounds,
    scored_specs,
    screen_specs,
    specs,
    verification_job,
)
from boundary.yamlfile import read_spelled

QUIET = {*(workflow.output_settings.quiet or ())}
CONFIG_FILES = workflow.config_settings.configfiles

if len(CONFIG_FILES) > 1:
    raise WorkflowError(
        "Several config files were given, and a study is never merged with another. "
        "Run snakemake once for each."
    )

# PATH and PYTHONPATH are cut at colons, and Snakemake fills braces in paths of its own.
if any(letter in workflow.basedir for letter in ":{}"):
    raise WorkflowError(
        f"{workflow.basedir}: neither Python nor Snakemake works in a folder with a colon or "
        f"a brace in its name. Rename that folder or move the workflow, with its results."
    )

CONFIG_FILE = str([*CONFIG_FILES, "config/config.yaml"][0])

try:
    # Refuses a key that stands twice and other traps of YAML, which Snakemake would not.
    _, SPELLINGS = read_spelled(CONFIG_FILE)
    PLAN = plan_study(config, CONFIG_FILE, SPELLINGS)
except BoundaryError as error:
    if Quietness.ALL in QUIET:  # Snakemake would end without a word
        print(f"Error: {error}", file=sys.stderr)
    raise WorkflowError(str(error)) from None


# Snakemake gives a command of up to 65,535 characters to bash as one argument, for which
# Linux has 131,071 bytes. A character may take four; a longer command goes into a script.
import_module("snakemake.shell").MAX_ARG_LEN = 131_071 // 4


# They fetch from elsewhere, and compute nodes often have no way out; a look counts a few rows.
localrules:
    make_problems,
    resolve_model,
    judge_chains,
    take_look,


# On one machine two jobs would load their models into one GPU; the default profile lets
# them have it in turn. A cluster gives each job GPUs of its own.
resource_scopes:
    gpu_job="local",


def shell_word(path):
    """Return a path as a shell reads it, when Snakemake has formatted it."""
    return shlex.quote(str(path)).replace("{", "{{").replace("}", "}}")


# Rules run this package, in the environment that started snakemake or in conda's.
PREFIX = f"set -euo pipefail; export PYTHONPATH={shell_word(workflow.basedir)}; "
if not workflow.deployment_settings.deployment_method:
    PREFIX += f"export PATH={shell_word(Path(sys.executable).parent)}:$PATH; "
# Said to jobs beside their specs: an upgrade of Snakemake makes nothing stale.
PREFIX += f"export SNAKEMAKE_VERSION={SNAKEMAKE_VERSION}; "
shell.prefix(PREFIX)


async def leave_times_alone(dag, job, outputs):
    """Take any output for good, whatever the time of an input."""


# Snakemake would delete what a job has finished where an input's time lies in the future: a
# clock that is ahead, or an archive of another time zone, would cost the accelerator's time.
# What is stale follows from contents and digests, so that older outputs are no fault.
DAG.check_output_mtime = leave_times_alone


wildcard_constraints:
    run=r"[^/]+-[0-9a-f]{12}",
    scorer=r"[^/]+-[0-9a-f]{12}",
    model=r"[^/]+-[0-9a-f]{12}",
    benchmark=r"[^/]+-[0-9a-f]{12}",
    protocol=r"[^/]+-[0-9a-f]{12}",
    grader=r"[0-9a-f]{12}",
    stopping=r"[0-9a-f]{12}",
    look=r"\d+",
    block=r"\d{5}",
    n=r"\d+",
    responses=r"\d+",
    host=r"[^/]+-[0-9a-f]{12}",
    settings=r"[0-9a-f]{12}",
    study=r"[^/]+",


def folder(wildcards):
    """Return the folder of an arm."""
    return f"{wildcards.model}/{wildcards.benchmark}/{wildcards.protocol}"


def arm(wildcards):
    """Return the arm that a file belongs to."""
    return PLAN.by_folder[folder(wildcards)]


def of_study(spec):
    """Return a params function of the spec of a study's job.

    In a plain string Snakemake would take a title such as `{k}` for a wildcard.
    """
    return lambda wildcards: spec(PLAN)


def of_analysis(job):
    """Return a params function of the spec of a job that makes tables."""
    return lambda wildcards: specs.analysis_spec(PLAN, job)


def problems_spec(wildcards):
    """Return the spec of a lab benchmark."""
    return specs.problems_spec(PLAN, wildcards.benchmark)


def problems_file(wildcards):
    """Return the local file of a benchmark, where its source is one."""
    name = PLAN.benchmarks[wildcards.benchmark]
    if PLAN.study.benchmarks[name].lab:
        return []
    return PLAN.identity.problems(name).file or []


def resolve_spec(wildcards):
    """Return the spec of a model from outside."""
    return specs.resolve_spec(PLAN, wildcards.model)


def train_inputs(wildcards):
    """Return the runs that a training run starts from."""
    parents = PLAN.study.lab[PLAN.runs[wildcards.run]].parents()
    return [PLAN.run_file(parent) for parent in parents]


def train_spec(wildcards):
    """Return the spec of a training run."""
    return specs.train_spec(PLAN, wildcards.run)


def sampled_model(wildcards):
    """Return the file that says that the model of an arm is ready."""
    return PLAN.model_file(arm(wildcards).model)


def job(wildcards):
    """Return what a sampling job needs of a machine."""
    return PLAN.job(arm(wildcards).model, arm(wildcards))


def scoring_job(wildcards):
    """Return what a likelihood job needs of a machine."""
    return PLAN.scored.job(*PLAN.scored.pairs[wildcards.scorer, folder(wildcards)])


def needs(which):
    """Return the resources of a job that loads a model, as keywords of a rule."""
    return {
        name: (lambda name: lambda wildcards: getattr(which(wildcards), name))(name)
        for name in ("gpu", "gpu_job", "mem_mb", "runtime")
    }


def machine(which):
    """Return the options of a job that say what it runs on.

    They are made from resources, so that Snakemake does not take another
    machine for a reason to sample anew.
    """

    def options(wildcards, resources):
        wanted = which(wildcards)
        reached = PLAN.behind.get(wildcards.get("model"))
        return [
            f"--device={'gpu' if resources.get('gpu', 0) else 'cpu'}",
            f"--gpus={max(1, resources.get('gpu', 0))}",
            f"--gpu-memory={wanted.gpu_memory_utilization}",
            *(["--token-ids"] if resources.get("token_ids") else []),
            *(
                [f"--endpoint={shlex.quote(reached.model_dump_json())}"]
                if reached
                else []
            ),
        ]

    return options


def sample_spec(wildcards):
    """Return the spec of a block."""
    return specs.sample_spec(PLAN, folder(wildcards), int(wildcards.block))


def verdicts_up_to_look(wildcards):
    """Return the verdict shards of the samples up to a look."""
    return arm(wildcards).verdicts(int(wildcards.look))


def look_spec(wildcards):
    """Return the spec of the job that says who goes on."""
    return round_specs.look_spec(PLAN, folder(wildcards), int(wildcards.look))


def round_job(made):
    """Return what a job that samples several blocks needs of a machine, as of wildcards."""
    return lambda wildcards: PLAN.job(
        arm(wildcards).model, arm(wildcards), len(made.blocks)
    )


def round_spec(made):
    """Return the spec of a job that samples several blocks, as of wildcards."""
    return lambda wildcards: round_specs.round_spec(
        PLAN, folder(wildcards), made.blocks
    )


def arm_samples(wildcards):
    """Return the sample shards that make up n."""
    return arm(wildcards).samples(int(wildcards.n))


def score_spec(wildcards):
    """Return the spec of the job that counts correct responses."""
    return specs.score_spec(PLAN, folder(wildcards), int(wildcards.n))


def arm_verdicts(wildcards):
    """Return the verdict shards that make up n."""
    return arm(wildcards).verdicts(int(wildcards.n))


def verifying(wildcards):
    """Return what a verification job needs of a machine."""
    return verification_job(arm(wildcards).kind)


def verification_flags(wildcards):
    """Return which sandbox programs may run in, or what counts as an answer, as the kind needs."""
    return arm(wildcards).verification_flags


def judged_problems(wildcards):
    """Return the problem table of an arm."""
    return arm(wildcards).problems


def judged_samples(wildcards):
    """Return the sample shard of a block, drawn here or imported."""
    return f"{arm(wildcards).sample_shards().folder}/{wildcards.block}.parquet"


def imported_files(wildcards):
    """Return the file or folder of a model whose responses another tool made."""
    return PLAN.identity.import_source(arm(wildcards).model)


def imported_problems(wildcards):
    """Return the benchmark's own problems, where they grade what is imported."""
    return PLAN.benchmark_problems(arm(wildcards)) or []


def import_spec(wildcards):
    """Return the spec of an import."""
    return specs.import_spec(PLAN, folder(wildcards))


def importer_code(wildcards):
    """Return a digest of the code that reads the form of the files."""
    return specs.importer_code(PLAN, folder(wildcards))


def import_score_spec(wildcards):
    """Return the spec of the job that counts the correct ones of what was imported."""
    return specs.score_spec(PLAN, folder(wildcards), 0)


def counts_file(wildcards):
    """Return the CSV of published counts."""
    return PLAN.identity.counts_source(arm(wildcards).model)[0]


def counts_spec(wildcards):
    """Return the spec of published counts."""
    return specs.counts_spec(PLAN, folder(wildcards))


def scoring_model(wildcards):
    """Return the file that says that a scorer is ready."""
    return PLAN.model_file(PLAN.scored.pairs[wildcards.scorer, folder(wildcards)][0])


def likelihood_spec(wildcards):
    """Return the spec of a likelihood job."""
    return scored_specs.likelihood_spec(
        PLAN, wildcards.scorer, folder(wildcards), int(wildcards.block)
    )


def gold_folder(wildcards):
    """Return the folder of the worked solutions of a benchmark, below that of each scorer."""
    return f"{GOLD}/{wildcards.benchmark}/{wildcards.protocol}"


def gold_job(wildcards):
    """Return what a job needs of a machine that scores worked solutions."""
    scorer = PLAN.scored.by_label[wildcards.scorer]
    return PLAN.scored.job(scorer, PLAN.scored.gold[gold_folder(wildcards)])


def gold_model(wildcards):
    """Return the file that says that a scorer of worked solutions is ready."""
    return PLAN.model_file(PLAN.scored.by_label[wildcards.scorer])


def gold_spec(wildcards):
    """Return the spec of a job that scores worked solutions."""
    return scored_specs.gold_spec(PLAN, wildcards.scorer, gold_folder(wildcards))


def crossing(wildcards):
    """Return what two models write together in a file."""
    names = ("host", "model", "benchmark", "protocol", "settings")
    return PLAN.by_crossing["/".join(getattr(wildcards, name) for name in names)]


def crossing_job(wildcards):
    """Return what a job needs of a machine in which two models write together."""
    return PLAN.crossing_job(crossing(wildcards))


def crossed_models(wildcards):
    """Return the files that say that both models are ready."""
    arms = crossing(wildcards).host, crossing(wildcards).donor
    return [PLAN.model_file(arm.model) for arm in arms]


def donor_samples(wildcards):
    """Return the donor's own samples."""
    donor = crossing(wildcards).donor
    return donor.samples(donor.n_each)


def donor_verdicts(wildcards):
    """Return the verdicts on them."""
    donor = crossing(wildcards).donor
    return donor.verdicts(donor.n_each)


def crossing_spec(wildcards):
    """Return the spec of a job in which two models write together."""
    return crossing_specs.crossing_spec(PLAN, crossing(wildcards).folder)


def most_tokens(wildcards, resources):
    """Return the budget, as what follows from resources: no other one makes samples stale."""
    return PLAN.study.analyses.cross_sampling.most_tokens


def intervention(wildcards):
    """Return the edited responses of an arm in a file."""
    return PLAN.by_intervention[f"{folder(wildcards)}/{wildcards.settings}"]


def intervention_job(wildcards):
    """Return what a job needs of a machine that edits responses."""
    return PLAN.intervention_job(intervention(wildcards))


def edited_samples(wildcards):
    """Return the responses that are edited."""
    return intervention(wildcards).originals


def intervention_spec(wildcards):
    """Return the spec of a job that edits responses."""
    return intervention_specs.intervention_spec(PLAN, intervention(wildcards).folder)


def most_edited_tokens(wildcards, resources):
    """Return the budget, as what follows from resources: no other one makes samples stale."""
    return PLAN.study.analyses.interventions.most_tokens


def screened(wildcards):
    """Return the arm of which a file holds completions."""
    return PLAN.by_screened[f"{folder(wildcards)}/{wildcards.settings}"]


def screen_job(wildcards):
    """Return what a job needs of a machine in which a model completes problems."""
    return PLAN.screen_job(screened(wildcards))


def screen_spec(wildcards):
    """Return the spec of a job in which a model completes problems."""
    return screen_specs.screen_spec(PLAN, screened(wildcards).folder)


def reported(name):
    """Return the picture of a figure, which Snakemake's report shows with its caption."""
    figure = analyses.figures_of(PLAN)[name].name
    owner = analyses.figure_owners()[figure].name
    return report(
        f"results/studies/{{study}}/figures/{name}.svg",
        caption=f"../workflow/boundary/analyses/{owner}/{figure}.rst",
        category="Figures",
        labels={"study": "{study}", "figure": name},
    )
