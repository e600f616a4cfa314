"""The shape of a written value, as SQL: one name for every way in which numbers, dates and gaps are written."""

from __future__ import annotations

MARKERS = (
    "na", "n/a", "#n/a", "#na", "n.a.", "n/d", "none", "null", "(null)", "\\n", "nil", "nan", "-", "--", "---", ".", "?",
    "unknown", "missing", "undefined", "not available", "not asked", "not applicable",
    "#value!", "#ref!", "#name?", "#num!", "#null!",
)  # fmt: skip
"""Texts, in lower case, that often stand for a missing value."""

NUMBERS = frozenset({"int", "dec", "dot3", "com3", "comdec", "eu", "us", "dots", "coms", "sp", "spdot", "spcom"})
"""Shapes of numbers. dot3 and com3 (1.234 and 1,234) can be read in two ways."""

DATES = frozenset(
    {
        "iso",
        "isot",
        "isoz",
        "ymd",
        "ymdt",
        "dmy",
        "dmyt",
        "mdy",
        "mdyt",
        "dm",
        "dmt",
        "dd",
        "ddt",
        "ger",
        "gert",
        "named",
        "namedt",
    }
)
"""Shapes of dates, with t when there is a time, z when it has an offset. dm (03/04/2024) can be read in two ways, dd
(04/04/2024) reads the same in both, ger is 03.04.2024."""

_GAP = "[ '\u2019\u00a0\u202f]"
_BLANKS = " \t\u00a0\u202f"
_WHITE = "[\\s\u00a0\u2000-\u200b\u3000]*"
_NUMERIC = "[-+]?[0-9.,' \u2019\u00a0\u202f]+([eE][-+][0-9]+)?"
_TIME = "[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?"
_CLOCK = "( +[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?( ?[AaPp][Mm])?)"
_ISO = "[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"
_SLASH = "[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{4}|[0-9]{2})"
_MONTH = "(?i)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?"


def _offset(w: str) -> str:
    """SQL of a time whose offset is written with a colon, which is all that the engine reads: -0500 is -05:00."""
    return f"regexp_replace({w}, ' ?([-+][0-9]{{2}}):?([0-9]{{2}})$', '\\1:\\2')"


def shape(w: str, strptime: str) -> str:
    """SQL that names the shape of a text without blanks around it.

    `strptime` is the SQL that reads it as a date with the month as a word. Cheap tests come first, so that most values are
    settled by two or three patterns.
    """

    def full(pattern: str) -> str:
        quoted = pattern.replace("'", "''")
        return f"regexp_full_match({w}, '{quoted}')"

    markers = ", ".join("'" + m + "'" for m in MARKERS)
    first = f"TRY_CAST(regexp_extract({w}, '^([0-9]{{1,2}})[-/.]', 1) AS INTEGER)"
    second = f"TRY_CAST(regexp_extract({w}, '^[0-9]{{1,2}}[-/.]([0-9]{{1,2}})', 1) AS INTEGER)"
    timed = f"CASE WHEN contains({w}, ':') THEN 't' ELSE '' END"
    return f"""CASE
WHEN {full("[-+]?[0-9]+")} THEN CASE
  WHEN {full("-?(0|[1-9][0-9]{0,14})")} THEN CASE WHEN {w} = '-0' THEN 'long' ELSE 'int' END
  WHEN {full("[1-9][0-9]{15}")} THEN 'int16' ELSE 'long' END
WHEN regexp_matches({w}, '^[0-9]{{4}}[-/][0-9]') THEN CASE
  WHEN length({w}) < 11 THEN CASE WHEN {full(_ISO)} AND TRY_CAST({w} AS DATE) IS NOT NULL THEN 'iso' ELSE 'other' END
  WHEN {full(_ISO + _TIME)} THEN CASE WHEN TRY_CAST({w} AS TIMESTAMP) IS NULL THEN 'other' ELSE 'isot' END
  WHEN {full(_ISO + _TIME + " ?(Z|UTC|GMT|[-+][0-9]{2}(:?[0-9]{2})?)")} THEN
    CASE WHEN TRY_CAST({_offset(w)} AS TIMESTAMPTZ) IS NULL THEN 'other' ELSE 'isoz' END
  ELSE 'other' END
WHEN NOT regexp_matches({w}, '[0-9]') THEN CASE
  WHEN length({w}) < 15 AND lower({w}) IN ({markers}) THEN 'marker'
  WHEN {w} = '' OR {full(_WHITE)} THEN 'blank'
  ELSE 'word' END
WHEN {full(_NUMERIC)} THEN CASE
  WHEN {full("-?[1-9][0-9]{0,2}[.][0-9]{3}")} THEN 'dot3'
  WHEN {full("-?(0|[1-9][0-9]{0,14})?[.][0-9]+|-?(0|[1-9][0-9]{0,14})[.]|-?[0-9]([.][0-9]+)?[eE][-+][0-9]{1,3}")} THEN 'dec'
  WHEN {full("-?[1-9][0-9]{0,2},[0-9]{3}")} THEN 'com3'
  WHEN {full("-?(0|[1-9][0-9]{0,14})?,[0-9]+")} THEN 'comdec'
  WHEN {full("-?[1-9][0-9]{0,2}([.][0-9]{3})+,[0-9]+")} THEN 'eu'
  WHEN {full("-?[1-9][0-9]{0,2}(,[0-9]{3})+[.][0-9]+")} THEN 'us'
  WHEN {full("-?[1-9][0-9]{0,2}([.][0-9]{3}){2,}")} THEN 'dots'
  WHEN {full("-?[1-9][0-9]{0,2}(,[0-9]{3}){2,}")} THEN 'coms'
  WHEN {full("[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}")} THEN 'ger'
  WHEN {full("[0-9]{4}[.][0-9]{1,2}[.][0-9]{1,2}")} THEN 'ymd'
  WHEN {full(f"-?[1-9][0-9]{{0,2}}({_GAP}[0-9]{{3}})+([.,][0-9]+)?")} THEN
    CASE WHEN contains({w}, '.') THEN 'spdot' WHEN contains({w}, ',') THEN 'spcom' ELSE 'sp' END
  ELSE 'other' END
WHEN {full(_SLASH + _CLOCK + "?")} THEN CASE
  WHEN {full("[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}" + _CLOCK)} THEN 'gert'
  WHEN {first} = {second} AND {first} BETWEEN 1 AND 12 THEN 'dd' || {timed}
  WHEN {first} > 12 AND {_day(first, second)} THEN 'dmy' || {timed}
  WHEN {second} > 12 AND {_day(second, first)} THEN 'mdy' || {timed}
  WHEN {first} BETWEEN 1 AND 12 AND {second} BETWEEN 1 AND 12 THEN 'dm' || {timed}
  ELSE 'other' END
WHEN {full("[0-9]{4}[.][0-9]{1,2}[.][0-9]{1,2}" + _CLOCK)} THEN 'ymdt'
WHEN {w} = '#DIV/0!' THEN 'marker'
WHEN length({w}) BETWEEN 8 AND 40 AND regexp_matches({w}, '{_MONTH}') AND {strptime} IS NOT NULL THEN 'named' || {timed}
ELSE 'other' END"""


def _day(day: str, month: str) -> str:
    """SQL: whether a month has such a day; 29 February passes here and is looked at with its year when all is typed."""
    return (
        f"{month} BETWEEN 1 AND 12 AND {day} <= CASE WHEN {month} = 2 THEN 29 WHEN {month} IN (4, 6, 9, 11) THEN 30 ELSE 31 END"
    )


def trimmed(value: str) -> str:
    """SQL of a text without the blanks around it, as `shape` wants it."""
    return f"trim({value}, '{_BLANKS}')"
