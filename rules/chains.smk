"""chains: whether the chains of thought behind rare correct answers hold.

Inputs: problems, samples, verdicts and scores; sheets that people filled in.
Outputs: results/studies/{study}/chains/ (the sheet), and tables of what was judged
"""


rule select_chains:
    """Select correct responses to the hardest solved problems, and make a sheet to judge."""
    input:
        problems=list(dict.fromkeys(arm.problems for arm in PLAN.chained)),
        samples=[path for arm in PLAN.chained for path in arm.samples()],
        verdicts=[path for arm in PLAN.chained for path in arm.verdicts()],
        scores=[arm.scores for arm in PLAN.chained],
    output:
        selected="results/studies/{study}/chains/chain_items.parquet",
        sheet=multiext("results/studies/{study}/chains/sheet", ".html", ".csv"),
    log:
        "logs/studies/{study}/select_chains.log",
    conda:
        "../envs/analysis.yaml"
    params:
        spec=of_study(specs.chains_spec),
        code=command_code("chains.select"),
    shell:
        "python -m boundary chains select --spec - --output results/studies/{wildcards.study}/chains"
        " <<< {params.spec:q} 2> {log:q}"


rule read_sheets:
    """Read back what people judged, and how far they agree."""
    input:
        selected="results/studies/{study}/chains/chain_items.parquet",
        sheets=PLAN.sheets,
    output:
        analyses.label_files("results/studies/{study}/tables"),
    log:
        "logs/studies/{study}/read_sheets.log",
    conda:
        "../envs/analysis.yaml"
    params:
        spec=of_study(specs.sheets_spec),
        code=command_code("chains.read"),
    shell:
        "python -m boundary chains read --items {input.selected:q} --spec -"
        " --output results/studies/{wildcards.study}/tables <<< {params.spec:q} > {log:q} 2>&1"


rule judge_chains:
    """Ask the language model that the study names; answers are kept and never paid for twice."""
    input:
        selected="results/studies/{study}/chains/chain_items.parquet",
    output:
        "results/studies/{study}/chains/judgements.parquet",
    log:
        "logs/studies/{study}/judge_chains.log",
    conda:
        "../envs/analysis.yaml"
    params:
        spec=of_study(specs.judge_spec),
        code=command_code("chains.judge"),
    shell:
        "python -m boundary chains judge --items {input.selected:q} --spec -"
        " --cache results/judge-cache --output {output:q} <<< {params.spec:q} 2> {log:q}"


rule chains:
    """Target: the sheet to judge and the curves of what was judged, where the study asks."""
    input:
        [PLAN.file("chains/sheet.html"), *analyses.outputs(PLAN, "labels")]
        if PLAN.chained
        else [],
