"""Save a chart as SVG for screens and phones, as a page that works offline, as Vega-Lite JSON."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

from boundary.errors import MachineError
from boundary.figures.interactive import interactive
from boundary.figures.phone import for_phone
from boundary.figures.words import clean
from boundary.jobs.pages import LIBRARY, PHONE
from boundary.store import write_text

SUFFIXES = (".svg", PHONE, ".html", ".vl.json")
#: 'unsafe-eval' is what Vega needs to compile its expressions; scripts come from the folder of
#: the page alone, opened as a file or served, and nothing else is fetched.
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'self' file: 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; \
img-src data: blob:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
body {{ margin: 1rem; background: white; font: 14px sans-serif; }}
@media (prefers-color-scheme: dark) {{
body {{ background: #141414; color: #ddd; }}
#chart svg.marks {{ filter: invert(0.92) hue-rotate(180deg); }}
}}
</style>
</head>
<body>
<p>Click a name in the legend to hide it or show it again; where axes are continuous, turn the \
wheel to zoom, drag to move, click twice to go back.</p>
<div id="chart">{library} must lie beside this page.</div>
<script src="{library}"></script>
<script>
vegaEmbed("#chart", {spec}, {{renderer: "svg", actions: {{editor: false}}}});
</script>
</body>
</html>
"""


def save(chart: Any, folder: Path, name: str) -> list[Path]:
    """Write ``{name}.svg``, ``.phone.svg``, ``.html`` and ``.vl.json``, each atomically.

    Equal charts give equal bytes.  The page asks the network for nothing; its JavaScript is
    what `save_library` writes.

    Parameters
    ----------
    chart : altair chart
        A top-level chart.
    folder : Path
        Where the files go; made when absent.
    name : str
        The figure's name, without suffix.

    Returns
    -------
    list of Path
        The four files.

    Raises
    ------
    MachineError
        When it cannot be drawn.
    """
    specification = chart.to_dict()
    text = json.dumps(specification, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    page = _PAGE.format(
        title=html.escape(clean(name)),
        library=LIBRARY,
        spec=_inside_script(interactive(specification)),
    )
    pictures = (drawn(form, name) for form in (specification, for_phone(specification)))
    files = [Path(folder) / f"{name}{suffix}" for suffix in SUFFIXES]
    for path, content in zip(files, (*pictures, page, text), strict=True):
        write_text(path, content)
    return files


def drawn(specification: dict[str, Any], name: str) -> str:
    """Return the SVG of a chart.

    Raises
    ------
    MachineError
        When it cannot be drawn.
    """
    import vl_convert

    try:
        return str(vl_convert.vegalite_to_svg(specification))
    except ValueError as error:
        raise MachineError(f"figure {name}: vl-convert cannot draw it: {error}") from error


def save_library(folder: Path) -> Path:
    """Write the JavaScript that the pages of a folder share, and return its path."""
    import vl_convert

    bundle = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub lags behind
    path = Path(folder) / LIBRARY
    write_text(path, str(bundle))
    return path


def _inside_script(value: Any) -> str:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
