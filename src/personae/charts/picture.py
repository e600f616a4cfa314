"""A Vega-Lite dict to SVG text, without a browser and without the network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from personae.charts.look import INK, LINE, SOFT
from personae.words.legible import legible

FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif"
THEME: Mapping[str, Any] = {
    "font": FONT,
    "background": None,
    "padding": {"left": 4, "right": 10, "top": 6, "bottom": 4},
    "view": {"stroke": None},
    "axis": {
        "domainColor": SOFT,
        "tickColor": SOFT,
        "gridColor": LINE,
        "labelColor": SOFT,
        "titleColor": SOFT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "labelFont": FONT,
        "titleFont": FONT,
    },
    "text": {"font": FONT, "fontSize": 12, "color": INK},
}
"""Colours are tokens: the page maps them to its light and dark inks."""
_CHATTER = re.compile(r' (?:aria-[a-z]+|role|class|pointer-events)="[^"]*"')
_TAG, _LONG = re.compile(r"<[^>]+>"), re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
"""Numbers in a tag with more digits than a drawing needs: a hundredth of a pixel is enough."""
_EMPTY = re.compile(r'<path d="" display="none"/>|<path d="M0,0h0v0h0Z"/>')


def svg(spec: Mapping[str, Any], alt: str) -> str:
    """The drawing as an <svg> element named by `alt`; the same bytes for the same spec. Raises ValueError on a bad spec."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(
        {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", **_shown(spec), "config": dict(THEME)}
    )
    body = _EMPTY.sub("", _CHATTER.sub("", drawn[drawn.index(">") + 1 :]))
    body = _TAG.sub(lambda tag: _LONG.sub(lambda n: f"{float(n[0]):.2f}".rstrip("0").rstrip("."), tag[0]), body)
    size = re.search(r'width="([\d.]+)" height="([\d.]+)"', drawn)
    if size is None:
        raise ValueError("the renderer gave no size")
    width, height = size.groups()
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{_attribute(alt)}" '
    return f'{opening}width="{width}" height="{height}" viewBox="0 0 {width} {height}">{body}'


def _shown(part: Any) -> Any:
    """A part of a spec whose texts hold no character that the renderer cannot take: it dies of a NUL or half a character."""
    if isinstance(part, str):
        return legible(part)
    if isinstance(part, Mapping):
        return {k: _shown(v) for k, v in part.items()}
    return [_shown(x) for x in part] if isinstance(part, list | tuple) else part


def _attribute(text: str) -> str:
    return legible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
