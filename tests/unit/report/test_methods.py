"""The methods of a study: sentences of its settings, and of others' settings as theirs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from boundary import __version__
from boundary.jobs.pages import Report
from boundary.report.drawn import ArmFacts
from boundary.report.methods import Methods, Part, markdown, methods_of
from boundary.report.references import References

ROOT = Path(__file__).resolve().parents[3]
MADE_BY = {
    "package": "boundary 1",
    "git": "abc",
    "python": "3.12",
    "libraries": {"polars": "2"},
    "tables": {"libraries": {"numpy": "3"}, "spec": {"bootstrap": 12345, "min_n": 7}},
}
SAMPLED = {
    "sampled_by": {"engine": "vllm", "vllm": "0.99.1", "torch": "9.8", "dtype": "bfloat16"},
    "sampling": {"temperature": 0.6, "top_p": 0.95, "max_tokens": 4096, "seed": 5, "stop": ["x"]},
    "hardware": {"device": "cuda"},
}
VERIFIED = {
    "package": "boundary 1",
    "git": "def",
    "graders": {"math": "0123abcd", "code": "feed"},
    "extract": "declared",
    "sandbox": "reduced",
    "libraries": {"sympy": "1.99"},
}


def facts(kind: str = "math", benchmark: str = "aime24") -> ArmFacts:
    return ArmFacts("base-7b", benchmark, "t1", kind, SAMPLED, VERIFIED)


@pytest.fixture
def told(tables: dict[str, pl.DataFrame], study_spec: dict[str, Any]) -> Any:
    def tell(made_by: dict[str, Any] | None = None, arms: Any = (), **spec: Any) -> Methods:
        job = Report.model_validate(study_spec | spec)
        protocol = tables["passk"].with_columns(protocol=pl.lit("t1"))
        return methods_of(job, {**tables, "passk": protocol}, made_by or MADE_BY, arms)

    return tell


def text_of(methods: Methods, title: str) -> str:
    return " ".join(next(part.paragraphs for part in methods.parts if part.title == title))


def test_sampling_says_engine_versions_decoding_prompt_and_n(told: Any) -> None:
    prompt = {"t1": {"name": "qwen-boxed", "text": "{question}\nBox it."}}
    text = text_of(told(arms=[facts()], prompts=prompt), "Sampling")
    for part in (
        "vllm [@vllm] (vllm 0.99.1, torch 9.8, dtype bfloat16; device cuda)",
        "temperature 0.6, top_p 0.95, at most 4096 tokens, seed 5",
        'stopping at ["x"]',
        r'the prompt qwen-boxed: "{question}\nBox it."',
        "n = 32 of base-7b on aime24",
    ):
        assert part in text, part


def test_grading_says_what_bears_on_the_kind_and_nothing_else(told: Any) -> None:
    math = text_of(told(arms=[facts()]), "Grading")
    assert "math problems of boundary 1 (identity 0123abcd, commit def)" in math
    assert "by the rule declared" in math and "sandbox" not in math
    programs = text_of(told(arms=[facts("code")]), "Grading")
    assert "sandbox tier reduced" in programs and "identity feed" in programs


def test_problems_have_source_revision_and_number(told: Any) -> None:
    source = {"title": "AIME", "source": "hf:a/b", "revision": "9" * 40}
    source |= {"citation": "Doe et al. 2024, arXiv 2401.00001; Roe 2023, arXiv 2301.00002"}
    methods = told(problems={"aime24": source})
    text = text_of(methods, "Problems")
    assert f"aime24: 60 problems of AIME from hf:a/b at {'9' * 40} [@arxiv240100001; @arx" in text
    assert "math500: 60 problems, as the files have them." in text
    assert "eprint = {2301.00002}" in methods.bibtex and "note = {Roe 2023}" in methods.bibtex


def test_counts_of_others_have_their_settings_and_never_ours(told: Any) -> None:
    origin = {"citation": "Doe {2025}, a_b", "file": "c.csv", "sha256": "77", "caution": "careful"}
    origin["settings"] = {"engine": "theirs 1", "seeds": [1, 2]}
    made_by = MADE_BY | {"counts": {"base-7b on aime24": origin, "grpo-7b on aime24": origin}}
    protocols = {"paper": {"temperature": 0.6}}
    methods = told(made_by, config={"protocols": protocols})
    text = text_of(methods, "What others sampled or graded")
    assert "engine: theirs 1; seeds: 1, 2" in text and "Caution: careful" in text
    assert text.count("SHA-256 77") == 1 and "(n = 32, protocol t1)" in text
    assert "The study states of protocol paper: temperature: 0.6." in text
    assert not {"Sampling", "Grading"} & {part.title for part in methods.parts}
    assert r"note = {Doe 2025, a\_b}" in methods.bibtex
    assert not re.search("transformers|vllm", methods.bibtex)
    bare = told(MADE_BY | {"counts": {"base-7b on aime24": {"file": "c", "sha256": "7"}}})
    unknown = text_of(bare, "What others sampled or graded")
    assert "How it was sampled and graded is not stated." in unknown


def test_statistics_say_the_settings_of_the_tables(told: Any) -> None:
    methods = told(confidence=0.9)
    text = text_of(methods, "Estimators and intervals")
    assert "simultaneous 90 % band" in text and "12,345 replicates" in text
    notes = text_of(methods, "Notes: what was left out, and what differs")
    assert "fewer than 7 samples" in notes


def test_every_mark_has_an_entry_and_every_entry_a_mark(told: Any) -> None:
    methods = told(arms=[facts()], config={"models": {}})
    text = markdown(methods, "s")
    marks = {key for mark in re.findall(r"\[(@[^\]]+)\]", text) for key in mark.split("; ")}
    entries = re.findall(r"^@\w+\{(\w+),", methods.bibtex, re.MULTILINE)
    assert sorted(f"@{key}" for key in entries) == sorted(marks)


def test_the_entry_of_this_tool_is_that_of_its_citation_file() -> None:
    cited, known = References(), yaml.safe_load((ROOT / "CITATION.cff").read_text())
    cited.cite("boundary", "yue2025")
    (paper,) = known["references"]
    for part in (known["title"], known["authors"][0]["name"], paper["title"], __version__):
        assert f"{{{part}}}" in re.sub(r"\s+", " ", cited.bibtex.replace("{{", "{"))
    for author in paper["authors"]:
        assert f"{author['family-names']}, {author['given-names']}" in cited.bibtex
    assert known["version"] == __version__


def test_hostile_text_is_no_markup_and_ends_no_field() -> None:
    evil = "<script>![a](http://x)[b](y)`*\x00\u202e\n# head"
    text = markdown(Methods([Part("Sampling", [f"{evil} [@chen2021]"])], ""), evil)
    assert not re.search(r"(?<!\\)(<|`|\*|\[(?!@))", text.split("## BibTeX")[0])
    assert "\u202e" not in text and "\n# head" not in text and "[@chen2021]" in text
    cited = References()
    cited.source("a } @misc{b, \\input{c} ``` 50 % #")
    assert cited.bibtex.count("}") == 2 and "`" not in cited.bibtex and r"50 \% \#" in cited.bibtex
