"""Commands on the validity of chains of thought."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boundary.cli.options import Output, OutputFolder, SomeScores, Spec
from boundary.cli.spec import files_of, parse_spec, read_spec

if TYPE_CHECKING:
    import polars as pl

    from boundary.chains.judge import ModelJudge
    from boundary.jobs.chains import ChainJudge

ItemsFile = Annotated[
    Path, typer.Option("--items", help="What `chains select` wrote: chain_items.parquet.")
]

group = typer.Typer(
    help="Judge the chains of thought behind rare right answers: by people, by arithmetic, by a "
    "language model.",
    rich_markup_mode="markdown",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    group.command("select")(select)
    group.command("read")(read)
    group.command("judge")(judge)
    group.command("curves")(curves)
    app.add_typer(group, name="chains")


def select(spec: Spec, output: OutputFolder) -> None:
    """Select correct responses to the hardest solved problems, and make a sheet to judge.

    Writes chain_items.parquet (which tells the models: keep it), sheet.html and sheet.csv
    (which do not: give them to the judges).

    Example: `python -m boundary chains select --output chains/ --spec '{"arms": [{"model": "m",
    "benchmark": "b", "protocol": "p", "problems": "P.parquet", "scores": "C.parquet",
    "samples": ["S.parquet"], "verdicts": ["V.parquet"]}], "below": 0.05, "per_problem": 8}'`
    """
    import polars as pl

    from boundary.analysis.frames import column_types
    from boundary.chain_tables import CHAIN_ITEMS
    from boundary.chains.select import select_items
    from boundary.chains.sheet import refuse_filled, sheet_csv, sheet_html, sheet_rows
    from boundary.jobs.chains import SelectChains
    from boundary.jobs.shards import shard_paths
    from boundary.meetings import read_pairs
    from boundary.store import provenance, read_table, write_table, write_text
    from boundary.tables import PROBLEMS, SCORES

    job = read_spec(spec, SelectChains)
    refuse_filled(output / "sheet.csv")
    frames = [pl.DataFrame(schema=column_types(CHAIN_ITEMS))]
    for arm in job.arms:
        frames.append(
            select_items(
                read_table(Path(arm.problems), PROBLEMS),
                read_table(Path(arm.scores), SCORES),
                read_pairs(
                    Path(arm.problems),
                    shard_paths(arm.samples),
                    shard_paths(arm.verdicts),
                    arm.labels,
                    Path(arm.scores),
                ),
                arm.labels,
                below=job.below,
                per_problem=job.per_problem,
            )
        )
    items = pl.concat(frames)
    rows = sheet_rows(items)
    by = provenance(spec=job.model_dump(mode="json", exclude_unset=True))
    write_table(items, output / "chain_items.parquet", CHAIN_ITEMS, provenance=by)
    write_text(output / "sheet.html", sheet_html(rows))
    write_text(output / "sheet.csv", sheet_csv(rows))


def read(
    items: ItemsFile,
    output: OutputFolder,
    sheet: Annotated[
        list[Path] | None, typer.Option("--sheet", help="Filled sheet (CSV); repeat for several.")
    ] = None,
    spec: Annotated[
        str | None, typer.Option("--spec", help="In place of --sheet: JSON, or `-`.")
    ] = None,
) -> None:
    """Read filled sheets back, and tell how far their judges agree.

    Example: `python -m boundary chains read --items chains/chain_items.parquet --sheet ann.csv
    --sheet bob.csv --output tables/`
    """
    from boundary.chain_tables import CHAIN_AGREEMENT, CHAIN_ITEMS, CHAIN_LABELS
    from boundary.chains.agreement import agreement_table
    from boundary.chains.labels import read_labels
    from boundary.chains.sheet import sheet_rows
    from boundary.jobs.chains import ReadSheets
    from boundary.store import provenance, read_table, write_table

    sheets = files_of("--sheet", sheet, read_spec(spec, ReadSheets).sheets if spec else None)
    rows = sheet_rows(read_table(items, CHAIN_ITEMS))
    labels, open_rows = read_labels(sheets, rows)
    agreement = agreement_table(labels)
    by = provenance(sheets=[str(path) for path in sheets])
    write_table(labels, output / "chain_labels.parquet", CHAIN_LABELS, provenance=by, csv=True)
    path = output / "chain_agreement.parquet"
    write_table(agreement, path, CHAIN_AGREEMENT, provenance=by, csv=True)
    typer.echo(_said(labels, open_rows, rows.height))
    for row in agreement.iter_rows(named=True):
        kappa = "not defined" if row["kappa"] is None else f"{row['kappa']:.2f}"
        typer.echo(
            f"{_name(row['judge_a'])} and {_name(row['judge_b'])} agree on {row['agree']} of "
            f"{row['items']} ({100 * row['agreement']:.0f} %), Cohen's kappa {kappa}"
        )


def _said(labels: pl.DataFrame, open_rows: int, items: int) -> str:
    counts = dict(labels["judgement"].value_counts().iter_rows())
    words = ", ".join(f"{counts.get(word, 0)} {word}" for word in ("valid", "invalid", "unclear"))
    return (
        f"{labels.height} judgements of {labels['id'].n_unique()} of {items} responses: {words}; "
        f"{open_rows} rows left open"
    )


def _name(text: str) -> str:
    from boundary.wording import reveal

    return reveal(text)


def judge(
    items: ItemsFile,
    spec: Spec,
    cache: Annotated[Path, typer.Option("--cache", help="Folder that keeps each answer.")],
    output: Output,
) -> None:
    """Ask a language model about every response on the sheet, through a chat endpoint.

    This sends problems and responses to the endpoint named, and may cost money. The key is read
    from the environment variable that `key_env` names and is written nowhere.

    Example: `python -m boundary chains judge --items chains/chain_items.parquet --cache judged/
    --output J.parquet --spec '{"endpoint": "http://localhost:8000/v1", "model": "judge-32b",
    "key_env": null}'`
    """
    from boundary.chain_tables import CHAIN_ITEMS, CHAIN_JUDGEMENTS
    from boundary.chains.judge import judge_items, prompt_digest
    from boundary.jobs.chains import ChainJudge
    from boundary.store import provenance, read_table, write_table

    asked = _judge(read_spec(spec, ChainJudge))
    frame = judge_items(read_table(items, CHAIN_ITEMS), asked, cache)
    by = provenance(
        judge=asked.model, endpoint=asked.endpoint.url, prompt=prompt_digest(asked), temperature=0
    )
    write_table(frame, output, CHAIN_JUDGEMENTS, provenance=by)


def _judge(spec: ChainJudge) -> ModelJudge:
    """Turn the spec into a judge; what it does not set has the default."""
    from boundary.chains.judge import ModelJudge
    from boundary.endpoint import Endpoint

    given = spec.model_dump(exclude_none=True)
    reached = {key: given.pop(key) for key in ("key_env", "timeout", "retries") if key in given}
    keys = "judge.endpoint", "judge.key_env"
    return ModelJudge(Endpoint(given.pop("endpoint"), keys=keys, **reached), **given)


def curves(
    items: ItemsFile,
    spec: Spec,
    output: OutputFolder,
    scores: SomeScores = None,
    judgements: Annotated[
        Path | None, typer.Option("--judgements", help="What `chains judge` wrote.")
    ] = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", help="What `chains read` wrote: chain_labels.")
    ] = None,
) -> None:
    """Estimate CoT-pass@k under each rule for which something was judged.

    Writes chains (what was said of each response), judge_quality and passk_cot.

    Example: `python -m boundary chains curves --items chains/chain_items.parquet --scores
    C.parquet --judgements J.parquet --labels tables/chain_labels.parquet --output tables/
    --spec '{"confidence": 0.95}'`
    """
    from boundary.cli.analysis import analysis

    settings = parse_spec(spec)
    settings |= {"judgements": str(judgements)} if judgements else {}
    settings |= {"labels": str(labels)} if labels else {}
    analysis("cot", json.dumps(settings), output, scores=scores, items=items)
