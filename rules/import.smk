"""import: responses that other tools made, as tables of this pipeline.

Inputs: a file or folder of the user's; problems, where the study has them from elsewhere.
Outputs: results/imports/{model}/{benchmark}/{protocol}/, and scores

The model's digest in each path covers the content of the files, which are therefore ancient():
a touched one is no news, and a changed one has other paths.
"""


rule import_arm:
    """Make one shard of samples, and a problem table, of responses that will be graded."""
    input:
        files=ancient(imported_files),
        problems=imported_problems,
    output:
        samples="results/imports/{model}/{benchmark}/{protocol}/00000.parquet",
        problems="results/imports/{model}/{benchmark}/{protocol}/problems.parquet",
    log:
        "logs/imports/{model}/{benchmark}/{protocol}.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=4000,
        runtime="2h",
    params:
        spec=import_spec,
        importer=importer_code,
        code=command_code("imports.import_files"),
    shell:
        "python -m boundary import --spec -"
        " --output results/imports/{wildcards.model}/{wildcards.benchmark}/{wildcards.protocol}"
        " <<< {params.spec:q} 2> {log:q}"


rule import_scores:
    """Count correct responses by the verdicts of the files."""
    input:
        files=ancient(imported_files),
    output:
        "results/scores/{model}/{benchmark}/{protocol}/imported-theirs.parquet",
    log:
        "logs/scores/{model}/{benchmark}/{protocol}/imported-theirs.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=4000,
        runtime="2h",
    params:
        spec=import_spec,
        importer=importer_code,
        code=command_code("imports.import_files"),
    shell:
        "python -m boundary import --trust=theirs --spec - --output {output:q}"
        " <<< {params.spec:q} 2> {log:q}"


rule score_import:
    """Count correct responses of what was imported; problems may have several numbers of them."""
    input:
        problems="results/imports/{model}/{benchmark}/{protocol}/problems.parquet",
        samples="results/imports/{model}/{benchmark}/{protocol}/00000.parquet",
        verdicts="results/verdicts/{model}/{benchmark}/{protocol}/{grader}/00000.parquet",
    output:
        "results/scores/{model}/{benchmark}/{protocol}/imported-{grader}.parquet",
    log:
        "logs/scores/{model}/{benchmark}/{protocol}/imported-{grader}.log",
    conda:
        "../envs/analysis.yaml"
    params:
        spec=import_score_spec,
        code=command_code("responses.score"),
    shell:
        "python -m boundary score --spec - --output {output:q} <<< {params.spec:q} 2> {log:q}"
