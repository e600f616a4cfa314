"""Write the pages of docs/reference that are made from the code; with --check, say which of them are out of date instead.

commands.md is what --help says, study.md the settings with the help of their flags, schema.md the nouns in the JSON files,
errors.md the codes, *.schema.json the JSON Schema of the files of a run.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from functools import partial
from pathlib import Path

import personae.model
from personae import plugins
from personae.cli.features import FORMS, options, use
from personae.cli.help import family
from personae.cli.settings import HELP
from personae.errors import CODES
from personae.exporters import json as json_files
from personae.model.study import Study

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"
MADE = "Made from the code by `make docs`; do not edit.\n"


def said(*arguments: str) -> str:
    """What `personae` prints, 100 columns wide and without colour."""
    env = {**os.environ, "COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1", "TERM": "dumb"}
    command = [sys.executable, "-m", "personae", *arguments]
    text = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout  # noqa: S603
    return "\n".join(line.rstrip() for line in text.replace("python -m personae", "personae").strip().splitlines())


def names(top: str) -> list[str]:
    """The names of the commands in the help of the whole."""
    return re.findall(r"^\W{0,3}([a-z][a-z-]+)\s{2,}\S", top.partition("ommands")[2], re.MULTILINE)


def commands() -> str:
    """Every command with its help."""
    top = said("--help")
    head = f"""# Commands

{MADE}
Results go to stdout, talk about the work to stderr. With `--json` stdout is one JSON document.

| exit code | means |
|---|---|
| 0 | done |
| 1 | a fault of personae |
| 2 | the command or a setting is wrong; nothing was read |
| 3 | the data cannot be used as they are |
| 4 | done, and there are no groups |
| 5 | the machine refused: disk, rights, memory |
| 130 | stopped by you |
"""
    parts = [head, f"```text\n{top}\n```\n"]
    parts += [f"## personae {name}\n\n```text\n{said(name, '--help')}\n```\n" for name in names(top)]
    parts += [f"## personae {name}\n\n```text\n{said(*name.split(), '--help')}\n```\n" for name in family()]
    return "\n".join(parts)


def study() -> str:
    """Every setting with its flag, default and meaning."""
    lines = [
        "# Settings",
        "",
        MADE,
        "The same names everywhere: as a flag (`--group-by`), in `personae.toml` (`group-by`), in the environment",
        "(`PERSONAE_GROUP_BY`) and in Python (`group_by=`). A flag weighs more than the file, the file more than the",
        "environment. `personae run ... --save` writes the file. Where a default is empty, the answer is worked out from the",
        "data.",
    ]
    for panel in dict.fromkeys(p for p, _, _ in HELP.values()):
        lines += ["", f"## {panel}", "", "| setting | flag | default | meaning |", "|---|---|---|---|"]
        lines += [_setting(f) for f in fields(Study) if f.name in HELP and HELP[f.name][0] == panel]
    lines += [
        "",
        "In Python a study also has `sources`, the names of files and frames:",
        "",
        "| setting | flag | default | meaning |",
    ]
    return "\n".join(
        (*lines, "|---|---|---|---|", "| `sources` | | | Paths, globs, folders, `DATABASE::TABLE`, and names of frames. |", "")
    )


def _setting(field: Field[object]) -> str:
    _, shown, text = HELP[field.name]
    flag = f"--{field.name.replace('_', '-')}{' ' + shown if shown else ''}".replace("|", "\\|")
    default = "" if field.default is MISSING or field.default in ("", ()) else f"`{field.default}`"
    return f"| `{field.name}` | `{flag}` | {default} | {text} |"


def schema() -> str:
    """Every noun with its fields."""
    parts = [
        "# Schema",
        "",
        MADE,
        "The values that make up a run. In the JSON files each is an object with these keys; arrays of numbers are lists; see",
        "[the files of a run](files.md) for which file holds what. In Python they are frozen dataclasses in `personae.model`.",
    ]
    for path in sorted(Path(personae.model.__path__[0]).glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name != "Study" and not node.name.startswith("_"):
                parts += ["", f"## {node.name}", "", " ".join((ast.get_docstring(node) or "").split()), *_members(node)]
    return "\n".join((*parts, ""))


def _members(node: ast.ClassDef) -> Iterator[str]:
    rows = [row for i, n in enumerate(node.body) if (row := _member(n, node.body[i + 1] if i + 1 < len(node.body) else None))]
    if rows:
        yield from ("", "| key | type | meaning |", "|---|---|---|", *rows)


def _member(node: ast.stmt, after: ast.stmt | None) -> str:
    told = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
    meaning = " ".join(str(told).split()).replace("|", "\\|")
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return f"| `{node.target.id}` | `{ast.unparse(node.annotation)}` | {meaning} |".replace(" | None`", " \\| None`")
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant):
        return f"| `{node.value.value}` | value | {meaning} |"
    return ""


def errors() -> str:
    """Every error code."""
    rows = (f"| [{code}](errors/{code}.md) | {meaning} |" for code, meaning in CODES.items())
    head = """An error says what happened, where, what was done about it and what to type next. In Python it is a
`personae.PersonaeError` with `.code`, `.what`, `.where`, `.did` and `.fix`; with `--json` the same keys come as JSON.
"""
    return "\n".join(("# Error codes", "", MADE, head, "| code | means |", "|---|---|", *rows, ""))


def features() -> str:
    """Every recipe in full."""
    head = """Measures that `--features` asks for, in the order of their names; `personae features NAME --sql DIALECT` prints
the SQL of each for bigquery, clickhouse, databricks, duckdb, mysql, postgres, snowflake and sqlite. Times are local, the
window is that of the study, and users without an event in it have no value.
[How to measure behaviour](../how-to/measure-behaviour.md) shows them at work.
"""
    parts = ["# Features", MADE, head]
    for name in plugins.names("recipes"):
        r = plugins.find("recipes", name).RECIPE
        needs = ", ".join(f"`{n}`" for n in r.needs) or "nothing but the id"
        lines = [f"## {name}", "", f"{r.title[:1].upper()}{r.title[1:]}.", ""]
        lines += [f"- formula: {r.formula}", f"- unit: {r.unit}", f"- needs: {needs}"]
        lines += [f"- makes: {', '.join(f'`{m}`' for m in r.makes)}"] * bool(r.makes)
        lines += [f"- option: `{option}={default}`" for option, default in options(name).items()]
        lines += [f"- {FORMS[use(r)]}", f'- example: `--features "{r.example}"`', ""]
        parts.append("\n".join(lines))
    return "\n".join(parts)


def json_schema(name: str) -> str:
    """The schema of one file of a run."""
    return json.dumps(json_files.schemas()[name], indent=1, sort_keys=True) + "\n"


ROW = re.compile(r"^(\| (\d+[a-z]?) \|[^|]*\|[^|]*\|)[^|]*\|$", re.MULTILINE)
MENTION = re.compile(r"\b(?:[Rr]equirements? (?=\d)|R(?=\d\d))(\d+[a-z]?(?:(?:, | and |, and )\d+[a-z]?)*)\b")


def requirements() -> str:
    """The list of requirements, with the tests whose docstrings name each row."""
    tests: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for rows in MENTION.findall(path.read_text(encoding="utf-8")):
            for row in re.findall(r"\d+[a-z]?", rows):
                tests.setdefault(row, set()).add(path.relative_to(ROOT).as_posix())
    text = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    return ROW.sub(
        lambda row: f"{row[1]} {', '.join(f'[{Path(t).stem}](../{t})' for t in sorted(tests.get(row[2], ())))} |", text
    )


PAGES = {
    "commands.md": commands,
    "study.md": study,
    "schema.md": schema,
    "errors.md": errors,
    "features.md": features,
    **{f"{name.removesuffix('.json')}.schema.json": partial(json_schema, name) for name in json_files.schemas()},
    "../requirements.md": requirements,
}

if __name__ == "__main__":
    made = {name: page() for name, page in PAGES.items()}
    stale = [
        n for n, text in made.items() if not (REFERENCE / n).exists() or (REFERENCE / n).read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv:
        print("\n".join(stale))
        sys.exit(bool(stale))
    for name in stale:
        (REFERENCE / name).write_text(made[name], encoding="utf-8")
        print(f"wrote {(REFERENCE / name).resolve().relative_to(ROOT)}")
