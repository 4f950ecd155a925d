"""The section ``figures`` of a study: which are drawn, of what, and how they look."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.json_schema import WithJsonSchema

from boundary.analyses.registry import figure_owners
from boundary.config.names import Name
from boundary.digests import digest
from boundary.jobs.pages import Theme
from boundary.strict import Strict

#: Characters of the name of a file, without suffix; a longer one ends in a digest.
LONGEST = 100


def _known_figure(name: str) -> str:
    if name not in figure_owners():
        raise ValueError(f"no figure is called {name!r}; there are: {', '.join(figure_owners())}")
    return name


FigureName = Annotated[
    str,
    AfterValidator(_known_figure),
    WithJsonSchema({"type": "string", "enum": list(figure_owners())}),
]


class ChosenFigure(Strict):
    """A figure with a title of its own, or of a part of the study."""

    name: FigureName
    title: str | None = None
    benchmark: Name | None = Field(
        default=None, description="Draw the panels of this benchmark alone."
    )
    models: list[Name] | None = Field(
        default=None,
        min_length=1,
        description="Draw these models alone, and comparisons of which both sides are among "
        "them. Default: all but checkpoints of series that no comparison is of.",
    )


Drawn = list[FigureName | ChosenFigure]


class FigureSettings(Strict):
    """Which figures are drawn, and how they look."""

    draw: Drawn | None = Field(
        default=None,
        description="Default: every figure that the study has data for and that need not be named.",
    )
    theme: Theme = Field(default=Theme())


def _whole(section: Any) -> Any:
    """Take a list of figures for what is drawn."""
    return {"draw": section} if isinstance(section, list) else section


FigureSection = Annotated[
    FigureSettings, BeforeValidator(_whole, json_schema_input_type=Drawn | FigureSettings)
]


def stem(name: str, benchmark: str | None, models: list[str] | None) -> str:
    """Return the name of a figure's files, which tells the part of the study that it is of."""
    whole = "-".join([name, *([benchmark] if benchmark else []), *(models or [])])
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 13]}-{digest(whole)[:12]}"
