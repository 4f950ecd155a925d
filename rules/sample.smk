"""sample: responses, one shard a block.

Inputs: problems and a checkpoint; behind the first look, the verdicts up to each.
Outputs: results/samples/{model}/{benchmark}/{protocol}/{block}.parquet; behind the first look
results/going/…/{stopping}/{look}.json and results/samples/…/{stopping}/{block}.parquet
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
        " --arm results/samples/{wildcards.model}/{wildcards.benchmark}/{wildcards.protocol}"
        " --threads {threads} {params.machine} <<< {params.spec:q} 2> {log:q}"


if PLAN.behind:

    use rule sample_block as sample_endpoint with:
        wildcard_constraints:
            model="|".join(map(re.escape, PLAN.behind)),
        # A cluster's nodes often have no way out, and nothing is computed here.
        localrule: True

    ruleorder: sample_endpoint > sample_block


rule take_look:
    """Say which problems are sampled further, by the verdicts up to a look."""
    input:
        # Decided once: made anew, verdicts are the same, and scores refuse those that are not.
        ancient(verdicts_up_to_look),
    output:
        "results/going/{model}/{benchmark}/{protocol}/{stopping}/{look}.json",
    log:
        "logs/going/{model}/{benchmark}/{protocol}/{stopping}/{look}.log",
    conda:
        "../envs/analysis.yaml"
    params:
        # Nothing that may change while the path stays: below a job that must run, Snakemake
        # looks for no other reasons.
        spec=look_spec,
    shell:
        "python -m boundary look --spec - --output {output:q} <<< {params.spec:q} 2> {log:q}"


# The blocks of a job have numbers of their own, which no wildcard gives.
for ROUND, STOPPING in rounds.rules_of(PLAN.arms).items():

    rule:
        name:
            ROUND.rule
        input:
            problems=ancient("results/problems/{benchmark}.parquet"),
            model=ancient(sampled_model),
            going=ancient(
                f"results/going/{{model}}/{{benchmark}}/{{protocol}}/{{stopping}}/{ROUND.look}.json"
            ),
        output:
            [
                f"results/samples/{{model}}/{{benchmark}}/{{protocol}}/{{stopping}}/{block:05d}.parquet"
                for block in ROUND.blocks
            ],
        log:
            f"logs/samples/{{model}}/{{benchmark}}/{{protocol}}/{{stopping}}/{ROUND.blocks[0]:05d}.log",
        benchmark:
            f"results/benchmarks/samples/{{model}}/{{benchmark}}/{{protocol}}/{{stopping}}/{ROUND.blocks[0]:05d}.jsonl"
        wildcard_constraints:
            stopping="|".join(STOPPING),
        conda:
            lambda wildcards: f"../envs/{job(wildcards).env}.yaml"
        threads: lambda wildcards: job(wildcards).threads
        resources:
            **needs(round_job(ROUND)),
        params:
            spec=round_spec(ROUND),
            outputs=lambda wildcards, output: [f"--output={path}" for path in output],
            machine=machine(job),
        shell:
            "python -m boundary sample-round --spec - --problems {input.problems:q}"
            " --going {input.going:q} {params.outputs:q}"
            " --arm results/samples/{wildcards.model}/{wildcards.benchmark}/{wildcards.protocol}"
            " --threads {threads} {params.machine} <<< {params.spec:q} 2> {log:q}"


rule samples:
    """Target: every sample shard of the study."""
    input:
        [path for arm in PLAN.arms for path in arm.samples()],
