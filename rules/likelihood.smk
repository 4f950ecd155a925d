"""likelihood: log-probabilities of one model's responses under another.

Inputs: sample shards and a checkpoint.
Outputs: results/likelihoods/…
"""


rule score_responses:
    """Score the first responses of one model under another."""
    input:
        problems=ancient("results/problems/{benchmark}.parquet"),
        model=ancient(scoring_model),
        samples=scored_samples,
    output:
        "results/likelihoods/{scorer}/{model}/{benchmark}/{protocol}/first{responses}-r{revision}.parquet",
    log:
        "logs/likelihoods/{scorer}/{model}/{benchmark}/{protocol}/first{responses}-r{revision}.log",
    conda:
        lambda wildcards: f"../envs/{scoring_job(wildcards).env}.yaml"
    threads: lambda wildcards: scoring_job(wildcards).threads
    resources:
        **needs(scoring_job),
    params:
        spec=likelihood_spec,
        machine=machine(scoring_job),
    shell:
        "python -m boundary likelihood --spec - --problems {input.problems:q}"
        " --samples results/samples/{wildcards.model}/{wildcards.benchmark}/{wildcards.protocol}"
        " --output {output:q} --threads {threads} {params.machine} <<< {params.spec:q} 2> {log:q}"


rule likelihood:
    """Target: the perplexity tables, where the study asks for them."""
    input:
        analyses.outputs(PLAN, "likelihoods"),
