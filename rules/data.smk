"""data: problem tables.

Inputs: a local file, where the study names one. Outputs: results/problems/{benchmark}.parquet

Samples hang on these, so that code enters here as a revision in the digest: an
edited module must never make accelerator time stale.
"""


rule make_problems:
    """Draw the problems of a lab benchmark, or read those of a published one."""
    input:
        problems_file,
    output:
        "results/problems/{benchmark}.parquet",
    log:
        "logs/problems/{benchmark}.log",
    conda:
        "../envs/analysis.yaml"
    params:
        spec=problems_spec,
    shell:
        "python -m boundary problems --spec - --output {output:q} <<< {params.spec:q} 2> {log:q}"
