"""figures: all charts of the study, from one job.

Inputs: the tables of the study.
Outputs: results/studies/{study}/figures/{name}.{svg,html,vl.json}
"""


rule draw_figures:
    """Draw every figure as SVG, self-contained HTML and Vega-Lite JSON."""
    input:
        analyses.figure_inputs(PLAN),
    output:
        svg=[reported(name, "svg", "image") for name in analyses.figures_of(PLAN)],
        html=[
            reported(name, "html", "interactive") for name in analyses.figures_of(PLAN)
        ],
        json=expand(
            "results/studies/{{study}}/figures/{name}.vl.json",
            name=analyses.figures_of(PLAN),
        ),
    log:
        "logs/studies/{study}/figures.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=4000,
        runtime="30m",
    params:
        spec=of_study(specs.figures_spec),
        code=analyses.figures_code(PLAN),
    shell:
        "python -m boundary figures --spec - --tables results/studies/{wildcards.study}/tables"
        " --output results/studies/{wildcards.study}/figures <<< {params.spec:q} 2> {log:q}"


rule figures:
    """Target: every figure of the study."""
    input:
        [PLAN.file(f"figures/{name}.svg") for name in analyses.figures_of(PLAN)],
