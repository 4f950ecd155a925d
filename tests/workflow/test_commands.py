"""What rules execute: no argument grows with a study, and specs arrive whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml
from snakemake.shell import shell

from boundary.plan import plan_study, specs
from boundary.yamlfile import read_yaml
from harness import ROOT
from job_specs import spec_of, tables_spec
from rule_commands import MOST_ARGUMENT, SIZES, Command, commands_of, executed, full_study

#: Text that a shell, a format string or an encoding would change.
NASTY = "'x' \"y\" $HOME ${HOME} `id` $(id) \\n \\ {z} {{}} %s ! * é 漢字 🙂 \u2028 <<< ;#"
SMOKE = ROOT / "config/studies/smoke.yaml"
PUBLISHED = ROOT / "config/studies/math500_published.yaml"
Commands = dict[str, dict[str, Command]]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, tuple[str, str]]]:
    """Return command and spec by study and rule."""
    folder = tmp_path_factory.mktemp("commands")
    studies = {label: full_study(*size) for label, size in SIZES.items()}
    nasty = read_yaml(SMOKE)
    nasty["figures"] = [{"name": "passk", "title": NASTY}]
    studies["nasty"] = nasty
    paths = {folder / f"{label.replace(' ', '')}.yaml": label for label in studies}
    for path, label in paths.items():
        path.write_text(yaml.safe_dump(studies[label]))
    found = commands_of([*paths, SMOKE, PUBLISHED], folder)
    return {paths.get(Path(path), Path(path).stem): rules for path, rules in found.items()}


@pytest.fixture(scope="module")
def commands(planned: dict, tmp_path_factory: pytest.TempPathFactory) -> Commands:
    """Return what bash would execute."""
    folder = tmp_path_factory.mktemp("executed")
    return {label: executed(rules, folder / label) for label, rules in planned.items()}


def test_every_rule_is_looked_at(commands: Commands) -> None:
    looked_at = {rule for rules in commands.values() for rule in rules}
    # Mathematics has an audit and a sheet, the lab trains, counts are read.
    assert looked_at == {
        *("make_problems", "resolve_model", "train_model", "sample_block", "verify_block"),
        *("score_arm", "read_counts", "analyse_study", "analyse_audit", "analyse_guess_floor"),
        *(
            "score_responses",
            "analyse_perplexity",
            "analyse_support_sum",
            "analyse_typicality",
            "analyse_reachability",
            "analyse_token_means",
            "analyse_masks",
            "analyse_surprising_tokens",
            "select_chains",
            "read_sheets",
        ),
        *("judge_chains", "analyse_cot", "draw_figures", "write_report"),
        *("write_explorer", "bundle_report"),
    }


def test_no_argument_grows_with_a_study(commands: Commands) -> None:
    for rules in commands.values():
        for rule, command in rules.items():
            assert command.argument < 1_000 < MOST_ARGUMENT, rule


def test_every_spec_arrives_whole(planned: dict, commands: Commands) -> None:
    for label, rules in commands.items():
        for rule, command in rules.items():
            assert command.spec.rstrip("\n") == planned[label][rule][1], rule
    assert json.loads(commands["nasty"]["draw_figures"].spec)["figures"][0]["title"] == NASTY
    assert json.loads(commands["nasty"]["write_report"].spec)["figures"][0]["title"] == NASTY


def test_specs_of_sixty_arms_are_small(commands: Commands) -> None:
    """A dry run prints a changed one whole, and Snakemake stores it for each output."""
    few = commands["10 x 6 x 1024"]
    assert few["analyse_audit"].stdin < 25_000
    assert few["analyse_guess_floor"].stdin < 36_000  # with the comparisons
    assert few["score_arm"].stdin < 1_000
    many = commands["20 x 12 x 4096"]
    # Nothing else reads all that there is of every arm.
    assert few.pop("write_explorer").stdin < 60_000 and many.pop("write_explorer").stdin < 230_000
    assert max(command.stdin for command in few.values()) < 48_000  # with the order of figures
    assert max(command.stdin for command in many.values()) < 170_000


@pytest.mark.parametrize(("text", "size"), [(NASTY * 20_000, 1_400_000), ("漢" * 60_000, 180_000)])
def test_a_long_spec_arrives_whole(
    text: str, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By Snakemake's own shell, which writes long commands into a script."""
    module = sys.modules["snakemake.shell"]
    # As the rules set it, see `commands_of`; its own value is too large for many wide characters.
    monkeypatch.setattr(module, "MAX_ARG_LEN", MOST_ARGUMENT // 4)
    spec = json.dumps({"title": text}, ensure_ascii=False)
    assert len(spec.encode()) > size
    output = tmp_path / "spec"
    shell("cat <<< {spec:q} > {output:q}", spec=spec, output=str(output))
    assert output.read_text(encoding="utf-8") == spec + "\n"


def test_the_plan_of_the_largest_study_is_cheap() -> None:
    """Every job of a cluster makes it anew: a grader is read once, and not for each arm."""
    import time

    study = full_study(*SIZES["20 x 12 x 4096"])
    start = time.process_time()
    plan = plan_study(study, "x")
    texts = [tables_spec(plan), spec_of(plan, "analyse_audit"), specs.chains_spec(plan)]
    assert len(plan.arms) == 240 and sum(map(len, texts)) > 300_000
    assert time.process_time() - start < 1.5
