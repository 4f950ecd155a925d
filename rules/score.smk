"""score: one row a problem.

Inputs: problems, sample shards and verdict shards, or a CSV of published counts.
Outputs: results/scores/{model}/{benchmark}/{protocol}/n{n}-{grader}.parquet; where problems may
stop n{n}-{stopping}-{grader}.parquet, of which each row tells the rule
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
        spec=score_spec,
        code=command_code("responses.score"),
    shell:
        "python -m boundary score --spec - --output {output:q} <<< {params.spec:q} 2> {log:q}"


use rule score_arm as score_stopped with:
    output:
        "results/scores/{model}/{benchmark}/{protocol}/n{n}-{stopping}-{grader}.parquet",
    log:
        "logs/scores/{model}/{benchmark}/{protocol}/n{n}-{stopping}-{grader}.log",


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
        "python -m boundary counts --spec - --csv {input:q} --n {wildcards.n} --output {output:q}"
        " <<< {params.spec:q} 2> {log:q}"


rule scores:
    """Target: the scores of every arm."""
    input:
        [arm.scores for arm in PLAN.arms],
