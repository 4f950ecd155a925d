"""sample: responses, one shard a block.

Inputs: problems and a checkpoint.
Outputs: results/samples/{model}/{benchmark}/{protocol}/{block}.parquet
"""


rule sample_block:
    """Sample one block: a fixed number of responses to every problem."""
    input:
        # What they hold is in the digests of the path: made anew, they are the same.
        problems=ancient("results/problems/{benchmark}.parquet"),
        model=ancient(sampled_model),
    output:
        "results/samples/{model}/{benchmark}/{protocol}/{block}.parquet",
    log:
        "logs/samples/{model}/{benchmark}/{protocol}/{block}.log",
    benchmark:
        "results/benchmarks/samples/{model}/{benchmark}/{protocol}/{block}.jsonl"
    conda:
        lambda wildcards: f"../envs/{job(wildcards).env}.yaml"
    threads: lambda wildcards: job(wildcards).threads
    resources:
        **needs(job),
        # No reason to sample anew, as a parameter would be.
        token_ids=lambda wildcards: int(
            PLAN.scored.reads(folder(wildcards), int(wildcards.block))
        ),
    params:
        spec=sample_spec,
        machine=machine(job),
    shell:
        "python -m boundary sample --spec - --problems {input.problems:q} --output {output:q}"
        " --threads {threads} {params.machine} <<< {params.spec:q} 2> {log:q}"


rule samples:
    """Target: every sample shard of the study."""
    input:
        [path for arm in PLAN.arms for path in arm.samples()],
