"""Pages from templates: all that is no template is text, and is escaped."""

from __future__ import annotations

from pathlib import Path

from boundary.report.text import visible
from boundary.wording import number

HERE = Path(__file__).resolve().parent


def rendered(name: str, **values: object) -> str:
    """Return a page of a template beside this module, without JavaScript or any request.

    Parameters
    ----------
    name : str
        File name of the template.
    values : object
        What it shows; a name that it uses and that is missing is an error.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    environment.filters["number"] = number
    css = (HERE / "page.css").read_text(encoding="utf-8")
    return environment.get_template(name).render(css=css, **values)
