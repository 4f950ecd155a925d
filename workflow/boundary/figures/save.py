"""Save a chart as SVG, as a page that works offline, and as Vega-Lite JSON."""

from __future__ import annotations

import functools
import html
import json
from pathlib import Path
from typing import Any

from boundary.errors import MachineError
from boundary.figures.words import clean
from boundary.store import write_text

SUFFIXES = (".svg", ".html", ".vl.json")

#: 'unsafe-eval' is what Vega needs to compile its expressions; nothing is
#: fetched from anywhere.
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body {{ margin: 1rem; background: white; }}</style>
</head>
<body>
<div id="chart"></div>
<script>{bundle}</script>
<script>
vegaEmbed("#chart", {spec}, {{renderer: "svg", actions: {{editor: false}}}});
</script>
</body>
</html>
"""


def save(chart: Any, folder: Path, name: str) -> list[Path]:
    """Write ``{name}.svg``, ``{name}.html`` and ``{name}.vl.json``, each atomically.

    Equal charts give equal bytes.  The page holds all of its JavaScript and
    asks the network for nothing.

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
        The three files.

    Raises
    ------
    MachineError
        When the converter cannot draw the chart.
    """
    specification = chart.to_dict()
    text = json.dumps(specification, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    page = _PAGE.format(
        title=html.escape(clean(name)), bundle=_bundle(), spec=_inside_script(specification)
    )
    files = [Path(folder) / f"{name}{suffix}" for suffix in SUFFIXES]
    for path, content in zip(files, (svg_of(chart, name), page, text), strict=True):
        write_text(path, content)
    return files


def svg_of(chart: Any, name: str) -> str:
    """Return a chart as SVG.

    Raises
    ------
    MachineError
        When the converter cannot draw the chart.
    """
    import vl_convert

    try:
        return str(vl_convert.vegalite_to_svg(chart.to_dict()))
    except ValueError as error:
        raise MachineError(f"figure {name}: vl-convert cannot draw it: {error}") from error


def _inside_script(value: Any) -> str:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@functools.cache
def _bundle() -> str:
    """Return Vega, Vega-Lite and vega-embed as one script."""
    import vl_convert

    return str(vl_convert.javascript_bundle())  # type: ignore[call-arg]  # its stub lags behind
