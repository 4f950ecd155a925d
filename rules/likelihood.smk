"""likelihood: log-probabilities of one model's responses under another.

Inputs: sample shards and a checkpoint.
Outputs: results/likelihoods/…
"""


rule score_responses:
    """Score the first responses of a block of one model under another."""
    input:
        problems=ancient("results/problems/{benchmark}.parquet"),
        model=ancient(scoring_model),
        samples="results/samples/{model}/{benchmark}/{protocol}/{block}.parquet",
    output:
        scores="results/likelihoods/{scorer}/{model}/{benchmark}/{protocol}/{block}-first{responses}-{settings}.parquet",
        tokens="results/likelihoods/{scorer}/{model}/{benchmark}/{protocol}/{block}-first{responses}-{settings}-tokens.parquet",
    log:
        "logs/likelihoods/{scorer}/{model}/{benchmark}/{protocol}/{block}-first{responses}-{settings}.log",
    conda:
        lambda wildcards: f"../envs/{scoring_job(wildcards).env}.yaml"
    threads: lambda wildcards: scoring_job(wildcards).threads
    resources:
        **needs(scoring_job),
        batch_tokens=PLAN.scored.batch_tokens,
    params:
        spec=likelihood_spec,
        machine=machine(scoring_job),
    shell:
        "python -m boundary likelihood --spec - --problems {input.problems:q}"
        " --samples {input.samples:q} --output {output.scores:q} --tokens-output {output.tokens:q}"
        " --threads {threads} --batch-tokens {resources.batch_tokens} {params.machine}"
        " <<< {params.spec:q} 2> {log:q}"


rule score_gold:
    """Score the worked solutions of a benchmark under a model."""
    input:
        problems=ancient("results/problems/{benchmark}.parquet"),
        model=ancient(gold_model),
    output:
        scores="results/likelihoods/{scorer}/gold/{benchmark}/{protocol}/{settings}.parquet",
        tokens="results/likelihoods/{scorer}/gold/{benchmark}/{protocol}/{settings}-tokens.parquet",
    log:
        "logs/likelihoods/{scorer}/gold/{benchmark}/{protocol}/{settings}.log",
    conda:
        lambda wildcards: f"../envs/{gold_job(wildcards).env}.yaml"
    threads: lambda wildcards: gold_job(wildcards).threads
    resources:
        **needs(gold_job),
        batch_tokens=PLAN.scored.batch_tokens,
    params:
        spec=gold_spec,
        machine=machine(gold_job),
    shell:
        "python -m boundary likelihood --spec - --problems {input.problems:q}"
        " --output {output.scores:q} --tokens-output {output.tokens:q}"
        " --threads {threads} --batch-tokens {resources.batch_tokens} {params.machine}"
        " <<< {params.spec:q} 2> {log:q}"


rule likelihood:
    """Target: the perplexity tables, where the study asks for them."""
    input:
        analyses.outputs(PLAN, "likelihoods"),
