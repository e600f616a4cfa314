"""The picture of a persona: an abstract drawing of what sets it apart, the same for the same traits, and of nobody's looks.

Around the icon of the leading behaviour lie eight rays, one for each key trait in its order: longer than the ring for more than
everyone, shorter for less. The mark in the corner is the persona's in every chart. Icons are drawn for this project.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from personae.charts.look import INK, PAPER, Mark
from personae.charts.traits import ABOVE, BELOW, shown
from personae.model.persona import Profile, Trait
from personae.words.names import unframed

ICONS = {
    "cart": "M-13,-10h4l4,14h13l4,-10h-20M-4,9a1.6,1.6,0,1,0,.1,0M7,9a1.6,1.6,0,1,0,.1,0",
    "find": "M4,4L12,12M-3,-12a9,9,0,1,0,.1,0",
    "page": "M-12,-10q7,-3,12,1q5,-4,12,-1v19q-7,-3,-12,1q-5,-4,-12,-1zM0,-9V10",
    "star": "M0,-12L3.5,-4L12,-3.5L5.5,2L7.5,10.5L0,6L-7.5,10.5L-5.5,2L-12,-3.5L-3.5,-4Z",
    "tag": "M-12,-2V-12H-2L12,2L2,12ZM-7,-7a1,1,0,1,0,.1,0",
    "talk": "M-12,-10H12V5H-2L-8,11V5H-12ZM-6,-4H6M-6,0H2",
    "help": "M-5,-6a5.5,5.5,0,1,1,8,5q-3,2,-3,5M0,10v.6",
    "play": "M-7,-11L11,0L-7,11Z",
    "keep": "M-8,-12H8V12L0,5L-8,12Z",
    "clock": "M0,-12a12,12,0,1,0,.1,0M0,-6V0L5,4",
    "day": "M-11,-9H11V11H-11ZM-11,-3H11M-6,-12V-7M6,-12V-7",
    "share": "M-8,-3a3,3,0,1,0,.1,6a3,3,0,1,0,-.1,-6M8,-11a3,3,0,1,0,.1,6a3,3,0,1,0,-.1,-6M8,5a3,3,0,1,0,.1,6a3,3,0,1,0,-.1,-6"
    "M-5,-1L5,-6.5M-5,1.5L5,6.5",
    "coin": "M0,-12a12,12,0,1,0,.1,0M4,-5q-3,-2,-6,-1q-3,1.5,0,4q6,2,4,5q-3,2.500,-7,0M0,-8V8",
    "home": "M-12,0L0,-11L12,0M-8,-3V11H8V-3",
    "web": "M0,-12a12,12,0,1,0,.1,0M-12,0H12M0,-12q-9,12,0,24M0,-12q9,12,0,24",
    "lock": "M-9,-2H9V11H-9ZM-5,-2V-6a5,5,0,0,1,10,0V-2",
    "pen": "M-11,11L-9,4L6,-11L11,-6L-4,9ZM3,-8L8,-3",
    "again": "M9,-6a10,10,0,1,0,2,9M11,-12V-5H4",
    "back": "M-4,-10L-11,-3L-4,4M-11,-3H5a6,6,0,0,1,0,13H-2",
    "phone": "M-7,-12H7V12H-7ZM-2,8H2",
    "bars": "M-11,11V2M-4,11V-4M3,11V-10M10,11V-1",
}
"""Lines in a box of 26 by 26 around the origin."""
_MEANT = {
    "again": "reorder rebook repeat renew loyalty last recency frequency regular",
    "back": "return returns refund refunds bounce exit cancel cancelled undo",
    "cart": "cart basket checkout buy purchase order orders grocery milk frozen fresh detergents buyers shopping",
    "find": "search find browse filter look explore discover compare view viewed views viewing",
    "page": "read recipe article book page pages content lesson learn course opera reading informational product",
    "star": "review rate rating score star favourite recommend nps like likes",
    "tag": "coupon offer offers discount sale deal redeem promotion campaign special price",
    "talk": "chat comment message post reply email mail call answer mention mentions contact newsletter poutcome",
    "help": "help support ticket faq question problem complaint issue tech",
    "play": "play video watch stream listen song movie film music tv streaming",
    "keep": "save saved bookmark wishlist keep download collect list plan",
    "clock": "hour hours night late evening morning duration time session minutes tenure length",
    "day": "day days week weekend month calendar date schedule monday sunday",
    "share": "share invite refer friend social follow join group people",
    "coin": "amount spend spending revenue balance income pay payment charges total monetary loan money value gold",
    "home": "home house housing household family partner",
    "web": "internet web fiber dsl online network administrative browser language",
    "lock": "security protection password login backup lock account",
    "pen": "write create edit design draw upload build make draft add",
    "phone": "phone mobile app device scan barcode cellular lines telephone",
}
_LITTLE = "view viewed views viewing read reading open add make last special total plan list people amount"
_WEAK = frozenset(_LITTLE.split())
"""Words that say less than those beside them."""
_ICON_OF = {word: icon for icon, words in _MEANT.items() for word in words.split()}


@dataclass(frozen=True)
class Avatar:
    """`svg` is the drawing, `alt` what it shows in words."""

    svg: str
    alt: str


NO_DRAWING = Avatar("", "")


def icon(labels: Sequence[str]) -> str:
    """The icon of the first label that has one, by its words and not by how it is counted; bars where none has.

    >>> icon(["redeem coupon"]), icon(["share of the most frequent event"]), icon(["share of events on weekends"])
    ('tag', 'bars', 'day')
    """
    for label in labels:
        words = sorted(re.findall(r"[a-z]+", unframed(label.lower())), key=lambda w: w in _WEAK)
        found = next((w for word in words for w in (word, word.removesuffix("s")) if w in _ICON_OF), "")
        if found:
            return _ICON_OF[found]
    return "bars"


def avatar(profile: Profile, mark: Mark, name: str) -> Avatar:
    """The picture of a persona in its colour; past the coloured ones in grey."""
    traits = shown(profile)
    leading = sorted(traits, key=lambda t: not t.formed)
    drawn = icon([t.label for t in leading if t.multiple > 1] or [t.label for t in leading])
    alt = f"Abstract drawing of {name}: {_IN_WORDS[drawn]}, and a ray for each key trait"
    body = (
        f'<rect x="-48" y="-48" width="96" height="96" rx="22" fill="{PAPER}" stroke="{INK}" stroke-width="2"/>'
        f'<rect x="-48" y="-48" width="96" height="96" rx="22" fill="{mark.colour}" fill-opacity=".24"/>'
        f"{''.join(_rays(traits, mark.colour))}"
        f'<circle r="19" fill="{PAPER}" stroke="{INK}" stroke-width="1.6"/>'
        f'<path d="{ICONS[drawn]}" fill="none" stroke="{INK}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>'
        f'<path d="{mark.path}" transform="translate(34 34) scale(.8)" fill="{mark.colour}" stroke="{INK}" stroke-width="2"/>'
    )
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-50 -50 100 100" role="img"'
    return Avatar(f'{head} aria-label="{escape(alt)}" class="avatar">{body}</svg>', alt)


def _rays(traits: Sequence[Trait], colour: str) -> list[str]:
    """One ray a trait, clockwise from the top."""
    made = []
    n = ABOVE + BELOW
    for i in range(n):
        size = _length(traits[i]) if i < len(traits) else 0.0
        a = math.radians(360 * (i + 0.5) / n - 90)
        x1, y1, x2, y2 = (round(v, 1) for v in (22 * math.cos(a), 22 * math.sin(a), size * math.cos(a), size * math.sin(a)))
        if i < len(traits):
            made.append(f'<path d="M{x1},{y1}L{x2},{y2}" stroke="{INK}" stroke-width="8" stroke-linecap="round"/>')
            made.append(f'<path d="M{x1},{y1}L{x2},{y2}" stroke="{colour}" stroke-width="5.4" stroke-linecap="round"/>')
    return made


def _length(trait: Trait) -> float:
    """How far a ray reaches: 33 for like everyone, 42 from eight times on, 24 for almost nothing."""
    if trait.distance is not None:
        return 33 + max(-9.0, min(9.0, 6 * trait.distance))
    return 33 + max(-9.0, min(9.0, 3 * math.log2(trait.multiple))) if trait.multiple > 0 else 24.0


_IN_WORDS = {
    "cart": "a basket", "find": "a magnifying glass", "page": "an open book", "star": "a star", "tag": "a price tag",
    "talk": "a speech bubble", "help": "a question mark", "play": "a play sign", "keep": "a bookmark", "clock": "a clock",
    "day": "a calendar", "share": "three joined dots", "coin": "a coin", "home": "a house", "web": "a globe", "lock": "a lock",
    "pen": "a pen", "again": "an arrow in a circle", "back": "an arrow back", "phone": "a telephone", "bars": "bars",
}  # fmt: skip
