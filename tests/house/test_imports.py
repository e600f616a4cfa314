"""What loads what: imports point down, and nothing heavy loads before it is needed."""

from __future__ import annotations

import ast
import re
import resource
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from conftest import ROOT

SOURCE = ROOT / "src" / "personae"
HEAVY = (
    "numpy",
    "scipy",
    "sklearn",
    "duckdb",
    "pyarrow",
    "ibis",
    "sqlglot",
    "vl_convert",
    "pandas",
    "polars",
    "jinja2",
    "narwhals",
    "umap",
    "numba",
)
MODULES = sorted(SOURCE.rglob("*.py"))

ALLOWED = {
    "duckdb": ("engines/duckdb.py", "engines/duckdb_file.py"),
    "adbc_driver_postgresql": ("engines/postgres.py",),
    "pymysql": ("engines/mysql.py",),
    "psycopg": ("databases/live.py",),
    "redis": ("arrivals/redis.py",),
    "watchfiles": ("arrivals/folder.py",),
    "sqlite3": ("engines/sqlite.py", "store/"),
    "ibis": ("sql/", "recipes/", "steps/", "engines/"),
    "sqlglot": ("sql/", "steps/", "engines/"),
    "sklearn": ("methods/", "checks/", "stages/", "sklearn.py"),
    "vl_convert": ("exporters/", "charts/"),
    "jinja2": ("exporters/",),
    "typer": ("cli/",),
    "rich": ("cli/",),
    "wordllama": ("stages/meanings.py",),
    "umap": ("stages/neighbours.py",),
    "pandas": (),
    "polars": (),
    "diptest": (),
}
"""Packages that only some files may import, so that exchanging one touches few files. A trailing slash means a folder."""


def _loaded_by(code: str) -> set[str]:
    out = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in out.stdout.split()}


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def _seconds(*command: str) -> float:
    """The least processor time of five runs: wall time means nothing on a busy machine."""
    used = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(used)


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not _loaded_by("import personae; dir(personae); personae.__version__") & set(HEAVY)


def test_help_loads_nothing_heavy() -> None:
    code = """
import sys
sys.argv = ["personae", "--help"]
from personae.cli.main import main
import contextlib, io
with contextlib.redirect_stdout(io.StringIO()):
    try:
        main()
    except SystemExit:
        pass
"""
    assert not _loaded_by(code) & set(HEAVY)


def test_importing_the_package_takes_less_than_a_fifth_of_a_second() -> None:
    assert _seconds(sys.executable, "-c", "import personae") < 0.2


def test_help_takes_less_than_three_tenths_of_a_second() -> None:
    assert _seconds(sys.executable, "-m", "personae", "--help") < 0.3


def test_imports_point_down_and_plugs_do_not_know_each_other() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert out.returncode == 0, out.stdout


def test_every_module_of_the_package_has_its_place_in_the_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(c for c in contracts if c["type"] == "layers")["layers"]
    placed = {name for line in layers for name in line.replace("|", " ").split()}
    there = {p.stem for p in SOURCE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()} - {"__init__", "__main__"}
    assert placed == there


@pytest.mark.parametrize("package", ALLOWED)
def test_a_package_is_imported_only_where_it_belongs(package: str) -> None:
    users = {str(p.relative_to(SOURCE)) for p in MODULES if any(i.partition(".")[0] == package for i in _imports(p))}
    assert not {u for u in users if not u.startswith(ALLOWED[package])}


def test_no_module_imports_a_heavy_package_at_the_top_of_the_command_line() -> None:
    for path in (SOURCE / "cli").glob("*.py"):
        top = {a.name.partition(".")[0] for n in ast.parse(path.read_text()).body if isinstance(n, ast.Import) for a in n.names}
        top |= {(n.module or "").partition(".")[0] for n in ast.parse(path.read_text()).body if isinstance(n, ast.ImportFrom)}
        assert not top & set(HEAVY), path.name


NOT_IMPORTED = {
    "httptools": "uvicorn reads HTTP by it, and our protocol is built on that",
    "uvloop": "uvicorn takes it as its loop where it is there",
    "pyarrow-hotfix": "ibis imports it undeclared",
    "tzdata": "for machines without time zones",
    "adbc-driver-manager": "the Python face of the ADBC drivers, which do not ask for it themselves",
}
IMPORTED_AS = {
    "python-pptx": "pptx",
    "scikit-learn": "sklearn",
    "ibis-framework": "ibis",
    "vl-convert-python": "vl_convert",
    "umap-learn": "umap",
}


def test_what_is_imported_is_declared_and_what_is_declared_is_needed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [d for name, needs in project["optional-dependencies"].items() if name not in ("all", "pandas") for d in needs]
    declared = [re.split(r"[<>=;\[ ]", d)[0] for d in (*project["dependencies"], *extras)]
    named = {IMPORTED_AS.get(d, d.replace("-", "_")) for d in declared if d not in NOT_IMPORTED}
    used = (
        {i.partition(".")[0] for p in MODULES for i in _imports(p)} - set(sys.stdlib_module_names) - {"personae", "__future__"}
    )
    assert used == named
