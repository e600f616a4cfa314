"""The report under axe in a real browser: light, dark and on a telephone, with everything opened (EXPERIENCE 7 and 19.8)."""

from __future__ import annotations

import html as escape
import json
import re
import shutil
import subprocess
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from exporters import worlds
from personae.exporters import html
from personae.model.cast import Cast
from personae.model.dossier import Dossier
from personae.model.fairness import Attribute, Carrier
from personae.model.persona import Claim, Quadrant
from personae.model.rule_card import Cut, Portion, RuleCard

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = find_spec("axe_playwright_python")
LOOKS = {"light": 1280, "dark": 1280, "telephone": 390}
INSIDE = """
document.querySelectorAll('details').forEach(d => d.open = true);
axe.run(document).then(r => parent.postMessage({
  look: LOOK, width: innerWidth, reach: document.documentElement.scrollWidth,
  passed: r.passes.length,
  wrong: r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 200)).join(' and '))}, '*'));
"""
AROUND = """<!doctype html><title>all</title>FRAMES<pre id="found"></pre><script>
const all = []; addEventListener('message', e => { all.push(e.data); if (all.length === COUNT)
  document.getElementById('found').textContent = JSON.stringify(all) });
</script>"""


def _whole() -> Cast:
    """A cast with every block of a card filled, and sheets of each kind."""
    cast = worlds.ALL["natural"]()
    said = (Claim("Plans on Friday.", "M", ()), Claim("Wants one place.", "S", ()))
    filled = {
        "does": said, "wants": said, "hinders": said, "meets": said, "value": said,
        "empathy": (Quadrant("thinks", (), "What do you think of when you plan?"),),
    }  # fmt: skip
    rule = RuleCard("P1", (Cut("event", "x", "x", ">=", 1),), Portion(0.9), None, 100, "x at least once", "SELECT 1")
    seen = Attribute("age", "age", "age", 900, 0.3, 0.001, 0.6, 0.5, (Carrier("x", "x", 0.4),), "flagged")
    dossier = Dossier(rules=(rule,), attributes=(seen,))
    return replace(cast, personas=tuple(replace(p, **filled) for p in cast.personas), dossier=dossier)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What axe found of each look; skipped where there is no browser or no axe."""
    if BROWSER is None or AXE is None or AXE.origin is None:
        pytest.skip("no Chromium, or axe-playwright-python is not installed")
    folder = tmp_path_factory.mktemp("axe")
    page = html.export(_whole(), folder / "report.html").read_text(encoding="utf-8")
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    axe = (Path(AXE.origin).parent / "axe.min.js").read_text(encoding="utf-8")
    for look in LOOKS:
        seen = page.replace("(prefers-color-scheme: dark)", "all" if look == "dark" else "not all")
        script = f"<script>{axe}</script><script>{INSIDE.replace('LOOK', json.dumps(look))}</script></body>"
        (folder / f"{look}.html").write_text(seen.replace("</body>", script), encoding="utf-8")
    frames = "".join(f'<iframe title="{k}" src="{k}.html" width="{w}" height="900"></iframe>' for k, w in LOOKS.items())
    around = AROUND.replace("FRAMES", frames).replace("COUNT", str(len(LOOKS)))
    (folder / "all.html").write_text(around, encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=120000", "--window-size=1400,900"]
    where = [f"--user-data-dir={folder / 'browser'}", "--dump-dom", (folder / "all.html").as_uri()]
    out = subprocess.run([BROWSER, *flags, *where], capture_output=True, text=True, timeout=400).stdout
    told = re.search(r'<pre id="found">(.+?)</pre>', out, re.DOTALL)
    assert told, out[-300:]
    return {x["look"]: x for x in json.loads(escape.unescape(told[1]))}


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_wrong(found: dict[str, dict[str, Any]], look: str) -> None:
    """Zero violations of any kind, with every evidence table opened, and the page no wider than the screen."""
    seen = found[look]
    assert seen["width"] == LOOKS[look] and seen["passed"] > 30
    assert seen["wrong"] == []
    assert seen["reach"] <= seen["width"]


@pytest.mark.parametrize(("scheme", "least"), [("light", 4.5), ("dark", 4.5), ("print", 4.5)])
def test_text_stands_out_from_its_ground(scheme: str, least: float) -> None:
    """WCAG 2.2, 1.4.3: every ink of the style sheet on every ground of it."""
    style = (Path(html.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
    head = {"light": "", "dark": "(prefers-color-scheme: dark)", "print": "@media print"}[scheme]
    block = style[style.index(head) :]
    colours = dict(re.findall(r"--(paper|wash|ink|soft|band|stamp): (#\w{6})", block[: block.index("--stamp") + 20]))
    for ground in ("paper", "wash"):
        for ink in ("ink", "soft", "stamp"):
            assert _contrast(colours[ink], colours[ground]) >= least, (ink, ground)


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2)."""
    a, b = sorted((_light(one), _light(other)))
    return (b + 0.05) / (a + 0.05)


def _light(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
