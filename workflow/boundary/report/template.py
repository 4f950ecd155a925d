"""Pages from templates: all that is no template is text, and is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from boundary.report.text import visible
from boundary.wording import number

if TYPE_CHECKING:
    import jinja2

HERE = Path(__file__).resolve().parent


@cache
def environment(*folders: Path) -> jinja2.Environment:
    """Return the templates of some folders and of this one, each compiled once.

    A name that a template uses and that is missing is an error.
    """
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([*folders, HERE]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["visible"] = visible
    made.filters["number"] = number
    styles = [(folder / "page.css").read_text(encoding="utf-8") for folder in (HERE, *folders)]
    made.globals["css"] = "\n".join(styles)
    return made


def rendered(name: str, **values: object) -> str:
    """Return a page of a template beside this module, without JavaScript or any request.

    Parameters
    ----------
    name : str
        File name of the template.
    values : object
        What it shows.
    """
    return environment().get_template(name).render(**values)
