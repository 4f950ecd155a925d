"""Times of day."""

import pytest

from boundary.answers.times import read_clock, read_time


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("4:30 p.m.", 990),
        ("4:30pm", 990),
        ("4:30 PM", 990),
        ("4:30 a. m.", 270),
        ("12:00 a.m.", 0),
        ("12:05 pm", 725),
        ("5 pm", 1020),
        ("noon", 720),
        ("midnight", 0),
        ("4:30", None),
        ("13:00 pm", None),
        ("4:60 pm", None),
        ("pm", None),
        ("4:30 pm or so", None),
        ("4" * 1000, None),
    ],
)
def test_times_with_a_half_of_the_day(words, minutes):
    assert read_time(words) == minutes


@pytest.mark.parametrize(
    ("words", "minutes"), [("16:30", 990), ("4:30", None), ("24:00", None), ("16:3", None)]
)
def test_only_an_afternoon_is_told_without(words, minutes):
    assert read_clock(words) == minutes
