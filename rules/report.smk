"""report: one HTML page.

Inputs: tables, figures, and the first block of each arm for example responses.
Outputs: results/studies/{study}/report.html, methods.md and overview.json beside it
"""


rule write_report:
    """Write the page: verdicts in sentences, figures, tables, examples, provenance."""
    input:
        analyses.report_inputs(PLAN),
    output:
        page=report(
            "results/studies/{study}/report.html",
            caption="../workflow/report/report.rst",
            category="Report",
            labels={"study": "{study}"},
        ),
        methods="results/studies/{study}/methods.md",
        overview="results/studies/{study}/overview.json",
    log:
        "logs/studies/{study}/report.log",
    conda:
        "../envs/analysis.yaml"
    params:
        spec=of_study(specs.report_spec),
        code=analyses.report_code(PLAN),
    shell:
        "python -m boundary report --spec - --tables results/studies/{wildcards.study}/tables"
        " --figures results/studies/{wildcards.study}/figures --output {output.page:q}"
        " <<< {params.spec:q} 2> {log:q}"
