"""From a specification to SVG that stands in a page.

Vega draws; what it gives is read again and written anew from a short list of elements and attributes, so that whatever a
record's text did to the drawing, nothing but shapes and escaped text comes out. Compromise: links and hovering are left to
the interactive version, because a picture that is read aloud as one has no parts to go to.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Any
from xml.etree import ElementTree

import vl_convert
from markupsafe import Markup as Safe

from kb.pages.charts.chart import Spec
from kb.pages.charts.look import config

_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_SHAPES = frozenset(["path", "line", "rect", "text"])
# What places a shape, and what it looks like.
_PLACE = ("transform", "d", "x", "y", "x2", "y2", "width", "height")
_LOOK = "fill stroke stroke-width stroke-dasharray fill-opacity stroke-opacity opacity text-anchor".split()
# What is so without being written.
_USUAL = {("opacity", "1"), ("stroke-width", "1"), ("fill-opacity", "1"), ("transform", "translate(0,0)")}
_EMPTY = frozenset(["", "M0,0h0v0h0Z"])


def sized(spec: Spec, width: int) -> dict[str, Any]:
    """Return a specification with its width, in pixels of the whole drawing, and the site's look."""
    frame = {"type": "fit-x", "contains": "padding"}
    padding = {"left": 2, "right": 10, "top": 16, "bottom": 2}
    return {**spec, "width": width, "autosize": frame, "padding": padding, "background": None, "config": config(width)}


def draw(spec: Spec, width: int, anchor: str, title: str, description: str) -> Safe:
    """Return the drawing as an `<svg>`.

    Args:
        spec: Vega-Lite, with its data in it.
        width: in pixels, of the whole drawing.
        anchor: begins the ids of its title and description, so it must be the only one of the page.
        title: what it is called when read aloud.
        description: what it says when read aloud.
    """
    made = vl_convert.vegalite_to_svg(sized(spec, width), allowed_base_urls=[])
    root = ElementTree.fromstring(made)  # noqa: S314  written by our own renderer a moment ago
    inner = "".join(_written(root))
    wide, high = root.attrib["width"], root.attrib["height"]
    return Safe(
        '<svg role="img" viewBox="0 0 {w} {h}" width="{w}" height="{h}" aria-labelledby="{a}-title {a}-desc">'
        '<title id="{a}-title">{t}</title><desc id="{a}-desc">{d}</desc>{i}</svg>'
    ).format(w=wide, h=high, a=anchor, t=title, d=description, i=Safe(inner))


def _written(elements: Iterable[ElementTree.Element]) -> Iterator[str]:
    """Yield what is written of these; what a run of shapes has in common is said once, around them."""
    for look, run in groupby(filter(_is_seen, elements), key=_look):
        some = list(run)
        if look is None:
            yield from map(_group, some)
        elif len(some) > 1 and look:
            yield f"<g{_said(look)}>{''.join(_shape(one, {}) for one in some)}</g>"
        else:
            yield from (_shape(one, look) for one in some)


def _is_seen(element: ElementTree.Element) -> bool:
    return element.attrib.get("display") != "none" and element.attrib.get("d", "x") not in _EMPTY


def _look(element: ElementTree.Element) -> dict[str, str] | None:
    """Return how a shape looks, None for what is no shape."""
    return _kept(element, _LOOK) if _name(element) in _SHAPES else None


def _group(element: ElementTree.Element) -> str:
    """Return a group with what is in it; of anything unknown nothing, of a link what it is around."""
    if _name(element) not in ("g", "a"):
        return ""
    kept = _kept(element, ("transform", *_LOOK)) if _name(element) == "g" else {}
    inner = "".join(_written(element))
    return f"<g{_said(kept)}>{inner}</g>" if inner and kept else inner


def _shape(element: ElementTree.Element, look: Mapping[str, str]) -> str:
    name, said = _name(element), _said({**_kept(element, _PLACE), **look})
    return f"<{name}{said}>{escape(element.text)}</{name}>" if element.text else f"<{name}{said}/>"


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _kept(element: ElementTree.Element, names: Iterable[str]) -> dict[str, str]:
    found = {name: element.attrib[name] for name in names if name in element.attrib}
    return {name: _short(name, value) for name, value in found.items() if (name, value) not in _USUAL}


def _short(name: str, value: str) -> str:
    """Return a value with its numbers to a tenth of a pixel, where it says where something is."""
    return _NUMBER.sub(lambda n: f"{float(n[0]):.1f}".removesuffix(".0"), value) if name in _PLACE else value


def _said(attributes: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
