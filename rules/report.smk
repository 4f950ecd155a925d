"""report: one HTML page, pages of all problems, and both in a zip.

Inputs: tables, figures, and the first block of each arm for example responses; for the pages
of problems all responses, verdicts and log-probabilities.
Outputs: results/studies/{study}/report.html, methods.md, overview.json, report/ and report.zip
beside it
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
        spec=of_study(page_specs.report_spec),
        code=analyses.report_code(PLAN),
    shell:
        "python -m boundary report --spec - --tables results/studies/{wildcards.study}/tables"
        " --figures results/studies/{wildcards.study}/figures --output {output.page:q}"
        " <<< {params.spec:q} 2> {log:q}"


rule write_explorer:
    """Write the table of problems and the page of each, responses side by side."""
    input:
        analyses.explorer_inputs(PLAN),
    output:
        directory("results/studies/{study}/report"),
    log:
        "logs/studies/{study}/write_explorer.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=4000,
        runtime="1h",
    params:
        spec=of_study(page_specs.explorer_spec),
        code=command_code("pages.explorer"),
    shell:
        "python -m boundary explorer --spec - --tables results/studies/{wildcards.study}/tables"
        " --output {output:q} <<< {params.spec:q} 2> {log:q}"


rule bundle_report:
    """Put the report, what it links to and the pages of problems into one file."""
    input:
        files=analyses.bundle_inputs(PLAN),
    output:
        "results/studies/{study}/report.zip",
    log:
        "logs/studies/{study}/bundle_report.log",
    conda:
        "../envs/analysis.yaml"
    params:
        code=command_code("pages.bundle"),
    shell:
        "python -m boundary bundle --report {input.files[0]:q} --pages {input.files[1]:q}"
        " --output {output:q} 2> {log:q}"
