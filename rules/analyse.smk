"""analyse: the tables of the study.

Inputs: the scores of every arm, and the verdicts where scores do not tell enough.
Outputs: results/studies/{study}/tables/{name}.parquet, and .csv for people
"""


rule analyse_study:
    """pass@k, differences, crossovers, coverage, histograms, efficiency, series and responses."""
    input:
        scores=[arm.scores for arm in PLAN.arms],
    output:
        tables=expand(
            "results/studies/{{study}}/tables/{name}.{suffix}",
            name=PLAN.score_tables,
            suffix=["parquet", "csv"],
        ),
    log:
        "logs/studies/{study}/tables.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=4000,
        runtime="1h",
    params:
        spec=of_study(specs.tables_spec),
        code=command_code("analyses.analyse"),
    shell:
        "python -m boundary analyse --spec - --output results/studies/{wildcards.study}/tables"
        " <<< {params.spec:q} 2> {log:q}"


rule audit_verdicts:
    """Count what was tried against the verifier, and where rules of grading disagree."""
    input:
        problems=list(dict.fromkeys(arm.problems for arm in PLAN.audited)),
        verdicts=[path for arm in PLAN.audited for path in arm.verdicts()],
    output:
        expand(
            "results/studies/{{study}}/tables/{name}.{suffix}",
            name=["audit", "disagreements"],
            suffix=["parquet", "csv"],
        ),
    log:
        "logs/studies/{study}/audit.log",
    conda:
        "../envs/analysis.yaml"
    params:
        spec=of_study(specs.audit_spec),
        code=command_code("analyses.audit"),
    shell:
        "python -m boundary audit --spec - --output results/studies/{wildcards.study}/tables"
        " <<< {params.spec:q} 2> {log:q}"


rule floor_guesses:
    """Work out what each model's answers to other problems would solve by luck."""
    input:
        problems=list(dict.fromkeys(arm.problems for arm in PLAN.guessed)),
        verdicts=[path for arm in PLAN.guessed for path in arm.verdicts()],
    output:
        multiext("results/studies/{study}/tables/guess_floor", ".parquet", ".csv"),
    log:
        "logs/studies/{study}/guess_floor.log",
    conda:
        "../envs/analysis.yaml"
    params:
        spec=of_study(specs.guess_spec),
        code=command_code("guesses.guess_floor"),
    shell:
        "python -m boundary guess-floor --spec - --output results/studies/{wildcards.study}/tables"
        " <<< {params.spec:q} 2> {log:q}"


rule passk:
    """Target: pass@k of every arm."""
    input:
        PLAN.file("tables/passk.csv"),


rule crossover:
    """Target: the verdict of every comparison."""
    input:
        PLAN.file("tables/crossovers.csv"),
