"""models: checkpoints, trained by the lab.

Inputs: the runs that a run starts from.
Outputs: results/models/{run}/run.json, written last, beside one folder a checkpoint
"""


rule train_model:
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
        "python -m boundary train --spec {params.spec:q} --output {output:q}"
        " --threads {threads} 2> {log:q}"
