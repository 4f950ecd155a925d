"""cross_sampling: responses that two models write together.

Inputs: problems, two checkpoints, the donor's own samples and their verdicts
Outputs: results/crossings/…/samples.parquet, positions.parquet and verdicts-{grader}.parquet
"""


rule cross_sample:
    """Sample one model with another choosing the tokens at a few positions."""
    input:
        # What they hold is in the digests of their paths: made anew, they are the same.
        problems=ancient("results/problems/{benchmark}.parquet"),
        models=ancient(crossed_models),
        samples=ancient(donor_samples),
        verdicts=ancient(donor_verdicts),
    output:
        samples="results/crossings/{host}/{model}/{benchmark}/{protocol}/{settings}/samples.parquet",
        positions="results/crossings/{host}/{model}/{benchmark}/{protocol}/{settings}/positions.parquet",
    log:
        "logs/crossings/{host}/{model}/{benchmark}/{protocol}/{settings}.log",
    benchmark:
        "results/benchmarks/crossings/{host}/{model}/{benchmark}/{protocol}/{settings}.jsonl"
    conda:
        lambda wildcards: f"../envs/{crossing_job(wildcards).env}.yaml"
    threads: lambda wildcards: crossing_job(wildcards).threads
    resources:
        **needs(crossing_job),
    params:
        spec=crossing_spec,
        verdicts=lambda wildcards: crossing(wildcards).donor.verdict_shards().folder,
        most_tokens=most_tokens,
        machine=machine(crossing_job),
    shell:
        "python -m boundary cross-sample --spec - --problems {input.problems:q}"
        " --samples results/samples/{wildcards.model}/{wildcards.benchmark}/{wildcards.protocol}"
        " --verdicts {params.verdicts} --output {output.samples:q}"
        " --positions {output.positions:q} --most-tokens {params.most_tokens}"
        " --threads {threads} {params.machine} <<< {params.spec:q} 2> {log:q}"


rule verify_crossing:
    """Verify what two models wrote together."""
    input:
        problems="results/problems/{benchmark}.parquet",
        samples="results/crossings/{host}/{model}/{benchmark}/{protocol}/{settings}/samples.parquet",
    output:
        "results/crossings/{host}/{model}/{benchmark}/{protocol}/{settings}/verdicts-{grader}.parquet",
    log:
        "logs/crossings/{host}/{model}/{benchmark}/{protocol}/{settings}-{grader}.log",
    conda:
        "../envs/analysis.yaml"
    threads: lambda wildcards: verifying(wildcards).threads
    resources:
        mem_mb=lambda wildcards: verifying(wildcards).mem_mb,
        runtime=lambda wildcards: verifying(wildcards).runtime,
    params:
        flags=verification_flags,
    shell:
        "python -m boundary verify --problems {input.problems:q} --samples {input.samples:q}"
        " --output {output:q} --threads {threads} --cache results/verdict-cache"
        " {params.flags} 2> {log:q}"


rule cross_sampling:
    """Target: the tables of cross-sampling, where the study asks for it."""
    input:
        analyses.outputs(PLAN, "crossings"),
