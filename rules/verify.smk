"""verify: one verdict a response.

Inputs: problems and a sample shard.
Outputs: results/verdicts/{model}/{benchmark}/{protocol}/{grader}/{block}.parquet; of blocks behind
the first look in a folder {stopping} below
"""


rule verify_block:
    """Verify the responses of one block; the grader's digest stands in the path."""
    input:
        problems=judged_problems,
        samples=judged_samples,
    output:
        "results/verdicts/{model}/{benchmark}/{protocol}/{grader}/{block}.parquet",
    log:
        "logs/verdicts/{model}/{benchmark}/{protocol}/{grader}/{block}.log",
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


use rule verify_block as verify_round_block with:
    input:
        problems=judged_problems,
        samples="results/samples/{model}/{benchmark}/{protocol}/{stopping}/{block}.parquet",
    output:
        "results/verdicts/{model}/{benchmark}/{protocol}/{grader}/{stopping}/{block}.parquet",
    log:
        "logs/verdicts/{model}/{benchmark}/{protocol}/{grader}/{stopping}/{block}.log",
