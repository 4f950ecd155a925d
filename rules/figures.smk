"""figures: all charts of the study, from one job.

Inputs: the tables of the study.
Outputs: results/studies/{study}/figures/{name}.{svg,phone.svg,html,vl.json}, vega.js beside
them;
results/studies/{study}/paper/ where it is asked for
"""


rule draw_figures:
    """Draw every figure as SVG, for screens and for phones, HTML with a library beside it, and Vega-Lite JSON."""
    input:
        analyses.figure_inputs(PLAN),
    output:
        svg=[reported(name) for name in analyses.figures_of(PLAN)],
        phone=expand(
            "results/studies/{{study}}/figures/{name}.phone.svg",
            name=analyses.figures_of(PLAN),
        ),
        html=expand(
            "results/studies/{{study}}/figures/{name}.html",
            name=analyses.figures_of(PLAN),
        ),
        library=expand(
            "results/studies/{{study}}/figures/{name}", name=analyses.LIBRARY
        ),
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
        spec=of_study(page_specs.figures_spec),
        code=analyses.figures_code(PLAN),
    shell:
        "python -m boundary figures --spec - --tables results/studies/{wildcards.study}/tables"
        " --output results/studies/{wildcards.study}/figures <<< {params.spec:q} 2> {log:q}"


rule figures:
    """Target: every figure of the study."""
    input:
        [PLAN.file(f"figures/{name}.svg") for name in analyses.figures_of(PLAN)],


rule write_paper:
    """Write figures as SVG, PDF and PNG with captions, and tables as LaTeX and Markdown."""
    input:
        analyses.table_inputs(PLAN),
    output:
        directory("results/studies/{study}/paper"),
    log:
        "logs/studies/{study}/paper.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=4000,
        runtime="30m",
    params:
        spec=of_study(page_specs.paper_spec),
        code=analyses.paper_code(PLAN),
    shell:
        "python -m boundary paper --spec - --tables results/studies/{wildcards.study}/tables"
        " --output {output:q} <<< {params.spec:q} 2> {log:q}"


rule paper:
    """Target: what a paper takes of the study."""
    input:
        PLAN.file("paper"),
