"""The words before what analyses say of how far verdicts may be trusted."""

from __future__ import annotations

from typing import Literal

Tag = Literal["warning", "differs", "tried", "note", "open", "reads", "same"]

#: Class of each on the page, in order of urgency.
CSS: dict[Tag, str] = {
    "warning": "wrong",
    "differs": "wrong",
    "tried": "wrong",
    "note": "",
    "open": "",
    "reads": "",
    "same": "right",
}
