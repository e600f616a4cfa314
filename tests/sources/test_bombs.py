"""Files that swell (ING-06): refused within 512 MB of memory and 5 seconds of a processor, in a process of their own."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

SECONDS, MEGABYTES = 5.0, 512
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
PARTS = {
    "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r1"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}


def _zip(path: Path, parts: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def zeros(folder: Path) -> Path:
    """200 MB in 194 KB."""
    path = folder / "zeros.csv.gz"
    path.write_bytes(gzip.compress(b"0" * (200 << 20)))
    return path


def cells(folder: Path) -> Path:
    """A workbook of 3 million cells in some KB, none of which says where it stands."""
    row = "<row>" + "<c><v>1</v></c>" * 100 + "</row>"
    return _zip(folder / "cells.xlsx", {**PARTS, "xl/worksheets/sheet1.xml": SHEET.format(rows=row * 30_000)})


def entities(folder: Path) -> Path:
    """A workbook whose one text unfolds to 10^9 others."""
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    strings = f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY l0 "lol">{laughs}]><sst xmlns="http://schemas.openxmlformats.org/'
    strings += 'spreadsheetml/2006/main"><si><t>&l9;</t></si><si><t>n</t></si></sst>'
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    rows += "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c><c r="B{i}"><v>{i}</v></c></row>' for i in range(2, 40))
    return _zip(
        folder / "entities.xlsx",
        {**PARTS, "xl/sharedStrings.xml": strings, "xl/worksheets/sheet1.xml": SHEET.format(rows=rows)},
    )


def nested(folder: Path) -> Path:
    """An archive of archives of archives."""
    inner = b"id,n\n" + b"0" * (50 << 20)
    for level in range(4):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{level}.{'csv' if level == 0 else 'zip'}", inner)
        inner = out.getvalue()
    (folder / "nested.zip").write_bytes(inner)
    return folder / "nested.zip"


def lines(folder: Path) -> Path:
    """An export of events whose members swell together."""
    line = (json.dumps({"event_type": "e", "user_id": "u"}) + " " * 4000 + "\n").encode()
    packed = gzip.compress(line * 10_000, 9)
    return _zip(folder / "lines.zip", {f"{i}.json.gz": packed for i in range(8)})


def pages(folder: Path) -> Path:
    """2,000 million rows in pages that only say how often a value comes."""
    schema = pa.schema([("id", pa.int64()), ("n", pa.int64())])
    path = folder / "pages.parquet"
    with pq.ParquetWriter(path, schema) as out:
        part = pa.table({"id": pa.array([1] * 4_000_000), "n": pa.array([2] * 4_000_000)}, schema=schema)
        for _ in range(25):
            out.write_table(part, row_group_size=4_000_000)
    return path


def texts(folder: Path) -> Path:
    """300,000 rows of one text of 1 MB, held once: 300 GB when it is written out."""
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 300_000, pa.int32()), pa.array(["x" * (1 << 20)]))
    table = pa.table({"id": [f"u{i % 1000}" for i in range(300_000)], "text": text})
    pq.write_table(table, folder / "texts.parquet")
    return folder / "texts.parquet"


WATCH = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=sys.stdout, stderr=sys.stdout).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print("USED", code, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""
"""A small process between the test and what it measures: a child begins with the memory of its parent."""


def _measured(path: Path) -> tuple[int, str, float, float]:
    """Exit code, what was said, seconds of processor time, megabytes at most."""
    command = [sys.executable, "-c", WATCH, sys.executable, "-m", "personae", "check", str(path), "--json"]
    said, _, used = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout.rpartition("USED")
    code, seconds, megabytes = used.split()
    return int(code), said, float(seconds), float(megabytes)


@pytest.mark.slow
@pytest.mark.parametrize("bomb", [zeros, cells, entities, nested, lines, pages, texts], ids=lambda b: b.__name__)
def test_a_file_that_swells_is_refused_in_little_memory_and_time(bomb, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code, said, seconds, megabytes = _measured(bomb(tmp_path))
    assert code == 3, said
    assert "P110" in said or "P108" in said, said
    assert (seconds < SECONDS, megabytes < MEGABYTES) == (True, True), (seconds, megabytes)
