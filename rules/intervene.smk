"""intervene: responses whose chain was edited, from which their model goes on.

Inputs: problems, a checkpoint and the first samples of its own
Outputs: results/interventions/…/samples.parquet, edited.parquet and verdicts-{grader}.parquet
"""


rule intervene:
    """Edit responses, and let the model that wrote them go on."""
    input:
        # What they hold is in the digests of their paths: made anew, they are the same.
        problems=ancient("results/problems/{benchmark}.parquet"),
        model=ancient(sampled_model),
        samples=ancient(edited_samples),
    output:
        samples="results/interventions/{model}/{benchmark}/{protocol}/{settings}/samples.parquet",
        edited="results/interventions/{model}/{benchmark}/{protocol}/{settings}/edited.parquet",
    log:
        "logs/interventions/{model}/{benchmark}/{protocol}/{settings}.log",
    benchmark:
        "results/benchmarks/interventions/{model}/{benchmark}/{protocol}/{settings}.jsonl"
    conda:
        lambda wildcards: f"../envs/{intervention_job(wildcards).env}.yaml"
    threads: lambda wildcards: intervention_job(wildcards).threads
    resources:
        **needs(intervention_job),
    params:
        spec=intervention_spec,
        most_tokens=most_edited_tokens,
        machine=machine(intervention_job),
    shell:
        "python -m boundary intervene --spec - --problems {input.problems:q}"
        " --samples results/samples/{wildcards.model}/{wildcards.benchmark}/{wildcards.protocol}"
        " --output {output.samples:q} --edited {output.edited:q}"
        " --most-tokens {params.most_tokens} --threads {threads} {params.machine}"
        " <<< {params.spec:q} 2> {log:q}"


rule verify_intervention:
    """Verify what followed edited responses."""
    input:
        problems="results/problems/{benchmark}.parquet",
        samples="results/interventions/{model}/{benchmark}/{protocol}/{settings}/samples.parquet",
    output:
        "results/interventions/{model}/{benchmark}/{protocol}/{settings}/verdicts-{grader}.parquet",
    log:
        "logs/interventions/{model}/{benchmark}/{protocol}/{settings}-{grader}.log",
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


rule interventions:
    """Target: the tables of interventions, where the study asks for them."""
    input:
        analyses.outputs(PLAN, "interventions"),
