"""likelihood: log-probabilities of one model's responses under another.

Inputs: sample shards and a checkpoint.
Outputs: results/likelihoods/…, and the perplexity tables of the study
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


rule summarise_perplexity:
    """Join log-probabilities with verdicts and summarise them."""
    input:
        likelihoods=PLAN.likelihood_files(),
        verdicts=PLAN.likelihood_verdicts(),
    output:
        expand(
            "results/studies/{{study}}/tables/{name}",
            name=["perplexity.parquet", "perplexity.csv", "likelihoods.parquet"],
        ),
    log:
        "logs/studies/{study}/perplexity.log",
    conda:
        "../envs/analysis.yaml"
    params:
        spec=of_study(specs.perplexity_spec),
        code=command_code("analyses.perplexity"),
    shell:
        "python -m boundary perplexity --spec - --output results/studies/{wildcards.study}/tables"
        " <<< {params.spec:q} 2> {log:q}"


rule likelihood:
    """Target: the perplexity tables, where the study asks for them."""
    input:
        [PLAN.file("tables/perplexity.csv")] if PLAN.likelihoods else [],
