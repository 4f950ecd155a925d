"""analyse: the tables of the study.

Inputs: the scores of every arm; problems, verdicts, samples or likelihoods where scores do not
tell enough.
Outputs: results/studies/{study}/tables/{name}.parquet, and .csv for people
"""

# One job for all analyses that need no more than scores, `analyse_study`; for each other one
# a job of its own, `analyse_NAME`: boundary/analyses/ declares them.
for JOB in analyses.analysis_jobs(PLAN):

    rule:
        name:
            JOB.rule
        input:
            JOB.inputs,
        output:
            JOB.outputs("results/studies/{study}/tables"),
        log:
            f"logs/studies/{{study}}/{JOB.rule}.log",
        conda:
            "../envs/analysis.yaml"
        resources:
            mem_mb=4000,
            runtime="1h",
        params:
            spec=of_analysis(JOB),
            command=JOB.command,
            code=JOB.code,
        shell:
            "python -m boundary {params.command} --spec -"
            " --output results/studies/{wildcards.study}/tables <<< {params.spec:q} 2> {log:q}"


rule passk:
    """Target: pass@k of every arm."""
    input:
        PLAN.file("tables/passk.csv"),


rule crossover:
    """Target: the verdict of every comparison."""
    input:
        PLAN.file("tables/crossovers.csv"),
