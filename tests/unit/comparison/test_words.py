"""What is printed of a comparison."""

from __future__ import annotations

import pytest

from boundary.comparison.result import compare_sides
from boundary.comparison.words import WIDTH, _wrapped, lines
from comparison_sides import counts_of, deepscaler, gpqa, made_side


def printed(*sides) -> str:
    return "\n".join(lines(compare_sides(sides)))


def test_a_comparison_is_told_in_a_few_lines() -> None:
    text = printed(*deepscaler())
    shown = text.splitlines()
    assert shown[0] == "base: base.csv"
    assert shown[1] == "  deepscaler: 1,060 problems, n = 128, verdicts are the file's"
    sizes = "M = 1,060 problems, n = 128 samples of each, k up to K = 64"
    assert f"On deepscaler, rl against base: {sizes}" in shown
    assert "  base − other, points   −7.60 [−8.40, −6.79]   +1.30 [+0.34, +2.26]" in shown
    assert "  for all k at once      [−8.63, −6.56]         [+0.06, +2.53]" in shown
    assert "Verdict: crossover" in shown
    assert "  k = 1–10: gain supported, rl is ahead" in shown
    assert len(shown) < 30 and all(len(line) <= WIDTH for line in shown)
    for part in ("k× ≈ 21.8 [12.4, 46.2]", "both 911, base only 33, other only 12, neither 104"):
        assert part in text


@pytest.mark.parametrize("start", range(80, 101))
def test_no_line_ends_between_a_number_and_its_sign(start: int) -> None:
    for pair in ("95 %", "K = 64", "k× ≈ 21.8", "p < 0.001"):
        assert any(pair in line for line in _wrapped(f"{'a' * (start - 4)} of {pair} and"))


def test_words_fit_a_pair_that_is_no_base_and_rl() -> None:
    text = printed(*gpqa())
    assert "RL" not in text and "reinforcement" not in text and "trained" not in text
    assert "+5.86 [+0.41, +11.31]" in text


def test_guards_lead() -> None:
    text = printed(
        made_side("a", {"b": counts_of([1, 2] * 10)}), made_side("o", {"b": counts_of([7, 8] * 10)})
    )
    assert "No claim (small-set, few-discordant" in text
    assert "; band: other-ahead-to-K" in text
    assert "No claim can rest on the verdict (small-set, few-discordant" in text


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ([7, 8] * 60, "First loss: none up to K = 4, where all k are gains."),
        (
            [1, 2] * 60,
            "First loss: none is established up to K = 4; if there is one, it lies at k = 1 or",
        ),
        ([0, 0] * 60, "First loss: at k = 1 (95 % set)."),
    ],
)
def test_the_first_loss(other, words) -> None:
    base = made_side("a", {"b": counts_of([1, 2] * 60)})
    assert words in printed(base, made_side("o", {"b": counts_of(other)}))


def test_undetermined_is_an_answer() -> None:
    base, other = ({"b": counts_of(each * 60)} for each in ([0, 2], [2, 0]))
    text = printed(made_side("a", base), made_side("o", other))
    assert "Verdict: undetermined" in text and "  k = 1–4: undecided" in text


def test_what_files_say_is_shown_and_not_obeyed() -> None:
    counts = {"b\x1b[31m": {f"q{i}": (1, 4) for i in range(8)}}
    sides = [
        made_side("a\u202e", counts, remarks=["1 line dropped\x07"]),
        made_side("o\nx", counts),
    ]
    text = printed(*sides)
    assert "1 line dropped⟨U+0007⟩." in text
    assert "a⟨U+202E⟩" in text and "b⟨U+001B⟩[31m" in text and "o⟨U+000A⟩x" in text
    assert not any(char in text for char in "\x1b\u202e\x07")


def test_benchmarks_of_one_side_alone_are_named() -> None:
    one = counts_of([1, 2] * 4)
    text = printed(made_side("a", {"b": one, "c": one}), made_side("o", {"b": one}))
    assert "  c, which a alone has, is not compared." in text
