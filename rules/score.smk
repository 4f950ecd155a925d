"""score: one row a problem.

Inputs: problems, sample shards and verdict shards, or a CSV of published counts.
Outputs: results/scores/{model}/{benchmark}/{protocol}/n{n}-{grader}.parquet
"""


rule score_arm:
    """Count correct responses; every problem has exactly n of them."""
    input:
        problems="results/problems/{benchmark}.parquet",
        samples=arm_samples,
        verdicts=arm_verdicts,
    output:
        "results/scores/{model}/{benchmark}/{protocol}/n{n}-{grader}.parquet",
    log:
        "logs/scores/{model}/{benchmark}/{protocol}/n{n}-{grader}.log",
    conda:
        "../envs/analysis.yaml"
    params:
        samples=flags("samples", "samples"),
        verdicts=flags("verdicts", "verdicts"),
        max_unset=PLAN.study.verification.max_unset,
        code=command_code("responses.score"),
    shell:
        "python -m boundary score --problems {input.problems:q} {params.samples:q}"
        " {params.verdicts:q} --n {wildcards.n} --max-unset {params.max_unset}"
        " --output {output:q} 2> {log:q}"


rule read_counts:
    """Take published counts, where nothing is sampled."""
    input:
        counts_file,
    output:
        "results/scores/{model}/{benchmark}/{protocol}/n{n}-published.parquet",
    log:
        "logs/scores/{model}/{benchmark}/{protocol}/n{n}-published.log",
    conda:
        "../envs/analysis.yaml"
    params:
        spec=counts_spec,
        code=command_code("responses.counts"),
    shell:
        "python -m boundary counts --spec {params.spec:q} --csv {input:q} --n {wildcards.n}"
        " --output {output:q} 2> {log:q}"


rule scores:
    """Target: the scores of every arm."""
    input:
        [arm.scores for arm in PLAN.arms],
