"""Arms that were not sampled alike are not compared in silence."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from boundary.analysis.fairness import (
    NAMES,
    check_engines,
    decoding_note,
    note_of,
    origin_note,
    origin_of,
    permitted_of,
    with_note,
)
from boundary.errors import InputError
from boundary.jobs.reading import ComparisonRow


def row(**given: Any) -> ComparisonRow:
    """A comparison of the models base and rl, with what else a study says of it."""
    names = {"comparison": "rl-vs-base", "base": "base", "other": "rl"}
    return ComparisonRow.model_validate({**names, "benchmark": "b", "protocol": "p", **given})


PAIR = row()
ONE = {
    "engine": "vllm",
    "vllm": "0.32",
    "torch": "2.13.0",
    "dtype": "bfloat16",
    "prompts": "0123456789ab",
    "temperature": 0.6,
    "top_p": 0.95,
    "max_tokens": 16384,
    "max_model_len": 8000,
    "stop": [],
}
#: What the other arm has in place, what it is called in the error, and what lets it pass.
CASES = {
    "torch": ({"torch": "2.14.0"}, "torch 2.13.0 and 2.14.0", "engine_version"),
    "vllm": ({"vllm": "0.33"}, "vllm 0.32 and 0.33", "engine_version"),
    "engine": ({"engine": "transformers"}, "engine vllm and transformers", "engine"),
    "dtype": ({"dtype": "float32"}, "dtype bfloat16 and float32", "dtype"),
    "quantization": ({"quantization": "awq"}, "quantization none and awq", "quantization"),
    "temperature": ({"temperature": 1.0}, "temperature 0.6 and 1.0", "temperature"),
    "top_p": ({"top_p": 1.0}, "top_p 0.95 and 1.0", "top_p"),
    "max_tokens": ({"max_tokens": 4096}, "max_tokens 16384 and 4096", "max_tokens"),
    "max_model_len": ({"max_model_len": 9000}, "max_model_len 8000 and 9000", "max_model_len"),
    "stop": ({"stop": ["\n\n"]}, "stop [] and ['\\n\\n']", "prompt"),
    "prompts": (
        {"prompts": "ba9876543210"},
        "rendered prompts 0123456789ab and ba9876543210, as the models' own chat templates differ",
        "prompt",
    ),
}


def arms(**change: str) -> dict[tuple[str, str, str], dict[str, str]]:
    return {("base", "b", "p"): ONE, ("rl", "b", "p"): ONE | change}


def test_same_engine_passes() -> None:
    assert check_engines([PAIR], arms()) == [{}]
    assert permitted_of({}) is None and note_of(PAIR) is None


@pytest.mark.parametrize("key", CASES)
def test_a_difference_is_named_with_the_arms_and_both_ways_out(key: str) -> None:
    change, text, leave = CASES[key]
    with pytest.raises(InputError) as error:
        check_engines([PAIR], arms(**change))
    assert str(error.value) == (
        f"comparison rl-vs-base on b: base and rl were not sampled alike ({text}). Sample one of "
        f"them again as the other, or list {leave} under allow_differences (crossover: --allow "
        f"{leave})."
    )


@pytest.mark.parametrize("key", CASES)
def test_a_named_difference_passes_and_is_told(key: str) -> None:
    change, _, leave = CASES[key]
    pair = row(allowed=[leave])
    (differing,) = check_engines([pair], arms(**change))
    assert differing == {key: (ONE.get(key, "none"), change[key])}
    name = "rendered prompts" if key == "prompts" else key
    assert (
        permitted_of(differing) == f"{name} {ONE.get(key, 'none')} (base) and {change[key]} (other)"
    )


@pytest.mark.parametrize("key", CASES)
def test_leave_for_one_thing_is_none_for_another(key: str) -> None:
    change, text, leave = CASES[key]
    others = {*NAMES} - {leave}
    others -= {"engine_version"} if key == "engine" else set()  # a version of no engine
    pair = row(allowed=sorted(others | {"samples_per_shard"}))
    with pytest.raises(InputError) as error:
        check_engines([pair], arms(**change))
    assert f"({text})" in str(error.value)


def test_all_differences_are_told_at_once() -> None:
    with pytest.raises(InputError) as error:
        check_engines([row(allowed=["dtype"])], arms(torch="3", dtype="float32", vllm="1"))
    assert "(torch 2.13.0 and 3; vllm 0.32 and 1)" in str(error.value)
    assert "list engine_version under" in str(error.value)


@pytest.mark.parametrize("leave", ["engine", "engine_version"])
def test_another_engine_has_other_libraries(leave: str) -> None:
    other = {"engine": "transformers", "transformers": "5", "torch": "2.14.0", "dtype": "bfloat16"}
    known = {("base", "b", "p"): ONE, ("rl", "b", "p"): other}
    assert check_engines([row(allowed=[leave])], known) == [{"engine": ("vllm", "transformers")}]


def test_what_is_allowed_and_does_not_differ_is_not_told() -> None:
    pair = row(allowed=["temperature", "dtype", "engine_version", "prompt"], differs={})
    assert check_engines([pair], arms()) == [{}]


def test_settings_of_the_study_are_told() -> None:
    pair = row(
        allowed=["max_model_len", "temperature"],
        differs={"temperature": [0.6, 1.0], "max_model_len": [None, 4096]},
    )
    (differing,) = check_engines([pair], arms())
    assert permitted_of(differing) == (
        "max_model_len unset (base) and 4096 (other), temperature 0.6 (base) and 1.0 (other)"
    )


def test_what_was_computed_with_is_known_better_than_what_was_asked_for() -> None:
    pair = row(allowed=["dtype"], differs={"dtype": [None, "bfloat16"]})
    assert check_engines([pair], arms()) == [{}]
    assert check_engines([pair], arms(dtype="float16")) == [{"dtype": ("bfloat16", "float16")}]
    assert check_engines([pair], {}) == [{"dtype": (None, "bfloat16")}]


def test_prompts_are_told_once() -> None:
    pair = row(allowed=["prompt"], differs={"prompt": ["raw", "chat"]})
    assert check_engines([pair], arms(prompts="x")) == [{"prompt": ("raw", "chat")}]


def test_a_prompt_known_by_digest_is_told_once() -> None:
    base, other = ONE | {"prompt": "aa"}, ONE | {"prompt": "bb", "prompts": "cc", "stop": ["."]}
    known = {("base", "b", "p"): base, ("rl", "b", "p"): other}
    with pytest.raises(InputError, match=r"\(prompt aa and bb\)"):
        check_engines([PAIR], known)
    assert check_engines([row(allowed=["prompt"])], known) == [{"prompt": ("aa", "bb")}]
    named = row(allowed=["prompt"], differs={"prompt": ["raw", "chat"]})
    assert check_engines([named], known) == [{"prompt": ("raw", "chat")}]


def test_a_setting_that_a_study_names_is_told_once() -> None:
    pair = row(allowed=["temperature"], differs={"temperature": [0.6, 1.0]})
    (differing,) = check_engines([pair], arms(temperature=1.0))
    assert permitted_of(differing) == "temperature 0.6 (base) and 1.0 (other)"


def test_graders_are_held_against_each_other() -> None:
    one, two = (origin_of({"graders": {"math": name}, "sampled_by": ONE}) for name in ("aa", "bb"))
    known = {("base", "b", "p"): one, ("rl", "b", "p"): two}
    with pytest.raises(InputError) as error:
        check_engines([PAIR], known, " (A and B)")
    assert str(error.value) == (
        "comparison rl-vs-base on b (A and B): base and rl were not judged alike (grader aa and "
        "bb). Judge one of them again as the other, or list grader under allow_differences "
        "(crossover: --allow grader)."
    )
    (differing,) = check_engines([row(allowed=["grader"])], known)
    assert permitted_of(differing) == "grader aa (base) and bb (other)"
    assert check_engines([PAIR], {**known, ("rl", "b", "p"): origin_of({})}) == [{}]


def test_what_is_not_known_of_one_side_is_told() -> None:
    base, other = ("base", "b", "p"), ("rl", "b", "p")
    assert origin_note(PAIR, {base: ONE, other: ONE}, {}) is None
    assert origin_note(PAIR, {base: {}, other: {}}, {}) is None
    assert origin_note(PAIR, {base: ONE, other: {}}, {}) == "settings of other unknown"
    judged = origin_of({"graders": {"math": "aa"}, "sampled_by": {}, "sampling": {}})
    assert origin_note(PAIR, {base: ONE, other: judged}, {}) == "settings of other unknown"
    assert origin_note(PAIR, {other: ONE}, {}) == "settings of base unknown"
    assert origin_note(row(grading="as published"), {base: ONE, other: {}}, {}) is None
    assert origin_note(PAIR, {base: ONE, other: ONE}, {other: [1, 8]}) == (
        "1 of 8 shards of other tell nothing of how they were sampled"
    )


def test_the_other_protocol_counts() -> None:
    engines = {("base", "b", "p"): ONE, ("base", "b", "hot"): ONE | {"torch": "3"}}
    with pytest.raises(InputError):
        check_engines([row(other="base", other_protocol="hot")], engines)


def test_published_counts_say_nothing_of_their_engine() -> None:
    pair = row(grading="counts of rl are as published, judged by a grader of their own")
    (differing,) = check_engines([pair], {("base", "b", "p"): ONE, ("rl", "b", "p"): {}})
    assert differing == {}
    assert permitted_of(differing) is None and note_of(pair) == pair.grading
    assert check_engines([PAIR], {}) == [{}]


def test_an_older_file_tells_nothing_of_a_quantization() -> None:
    older = {"engine": "vllm", "torch": "2.13.0"}
    known = {("base", "b", "p"): older, ("rl", "b", "p"): ONE | {"quantization": "awq"}}
    assert check_engines([PAIR], known) == [{}]


def test_a_note_is_added_to_a_note_and_permission_stands_apart() -> None:
    rows = pl.DataFrame({"note": ["unequal n", None]}, schema={"note": pl.String})
    pair = row(differs={"quantization": [None, "x; y"]}, grading="two graders")
    (differing,) = check_engines([pair], {})
    noted = with_note(rows, note_of(pair), permitted_of(differing))
    assert noted["note"].to_list() == ["unequal n; two graders", "two graders"]
    assert noted["permitted"].to_list() == ["quantization unset (base) and x; y (other)"] * 2
    plain = with_note(rows, None, None)
    assert plain["note"].equals(rows["note"]) and plain["permitted"].to_list() == [None, None]


def test_cautions_of_the_study_stand_in_the_note() -> None:
    pair = row(grading="counts of base are as published", cautions=["one", "two"])
    assert note_of(pair) == "counts of base are as published; one; two"


def test_scores_tell_of_greedy_decoding() -> None:
    known: Any = arms()
    known["rl", "b", "p"] = {"temperature": 0.0, "top_p": 0.95}
    assert decoding_note(PAIR, known) == (
        "greedy decoding of other (temperature 0): samples of a problem are one response, or "
        "nearly, so its pass@k is flat in k"
    )
    known["rl", "b", "p"] = {"temperature": 0.6, "top_p": 0.95}
    assert decoding_note(PAIR, known) is None
    assert decoding_note(PAIR, {}) is None


def test_a_filter_of_one_side_is_held_against_none_of_the_other() -> None:
    with pytest.raises(InputError, match=r"top_k None and 20\).* list top_k under"):
        check_engines([PAIR], arms(top_k=20))
    assert check_engines([row(allowed=["top_k"])], arms(top_k=20)) == [{"top_k": (None, 20)}]
