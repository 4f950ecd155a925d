"""screen: whether models complete problems that they were shown a part of.

Inputs: problems, a checkpoint
Outputs: results/screen/…/completions.parquet
"""


rule screen:
    """Let a model complete parts of problems, and of twins with other names and numbers."""
    input:
        # What they hold is in the digests of their paths: made anew, they are the same.
        problems=ancient("results/problems/{benchmark}.parquet"),
        model=ancient(sampled_model),
    output:
        "results/screen/{model}/{benchmark}/{protocol}/{settings}/completions.parquet",
    log:
        "logs/screen/{model}/{benchmark}/{protocol}/{settings}.log",
    benchmark:
        "results/benchmarks/screen/{model}/{benchmark}/{protocol}/{settings}.jsonl"
    conda:
        lambda wildcards: f"../envs/{screen_job(wildcards).env}.yaml"
    threads: lambda wildcards: screen_job(wildcards).threads
    resources:
        **needs(screen_job),
    params:
        spec=screen_spec,
        machine=machine(screen_job),
    shell:
        "python -m boundary screen --spec - --problems {input.problems:q} --output {output:q}"
        " --threads {threads} {params.machine} <<< {params.spec:q} 2> {log:q}"


rule screened:
    """Target: the tables of the screen, where the study asks for it."""
    input:
        analyses.outputs(PLAN, "screen"),
