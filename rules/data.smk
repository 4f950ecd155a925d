"""data: problem tables.

Inputs: none. Outputs: results/problems/{benchmark}.parquet
"""


rule draw_problems:
    """Draw the problems of a lab benchmark."""
    output:
        "results/problems/{benchmark}.parquet",
    log:
        "logs/problems/{benchmark}.log",
    conda:
        "../envs/analysis.yaml"
    params:
        spec=problems_spec,
        code=stage_code("problems"),
    shell:
        "python -m boundary problems --spec {params.spec:q} --output {output:q} 2> {log:q}"
