"""What can go wrong, in four parts: what, where, what was done about it, what to type next."""

from __future__ import annotations

from collections.abc import Mapping

from personae.redaction import redacted

CODES: Mapping[str, str] = {
    "P001": "the command or a setting is wrong",
    "P002": "a column that was named does not exist",
    "P003": "the tool cannot tell what a column is for",
    "P101": "a file cannot be found or opened",
    "P102": "rows do not fit the table",
    "P103": "a value does not fit its column",
    "P104": "an id appears more than once",
    "P105": "numbers or dates can be read in two ways",
    "P106": "the text encoding is not clear",
    "P107": "there is nothing to read",
    "P108": "the file is not what its name says",
    "P109": "the ids are no longer exact",
    "P110": "the file grows beyond the limit when opened",
    "P111": "there is too little to group",
    "P112": "the file changed while it was being read",
    "P113": "a finding stops the run",
    "P114": "the files cannot be joined",
    "P115": "a measure cannot be made from these data",
    "P116": "a database refused",
    "P201": "no run is recorded here",
    "P202": "a run or a file of it is damaged or of another version",
    "P301": "the request is not allowed here",
    "P302": "the request cannot be read",
    "P303": "too many requests came",
    "P304": "there is nothing of that name here",
    "P401": "a gate says no to new data",
    "P501": "the machine refused to read or write, or lacks a package",
    "P900": "a fault of personae itself",
}
"""Every error code with its meaning; each has a page in docs/reference/errors."""


class PersonaeError(Exception):
    """Something the user can act on. `exit_code` is what the command line returns for it."""

    exit_code = 1

    def __init__(self, code: str, what: str, *, where: str = "", did: str = "nothing was written", fix: str = "") -> None:
        """`code` is a key of CODES; the other parts are sentences for the user, in that order."""
        if code not in CODES:
            raise KeyError(code)
        what, where, did, fix = map(redacted, (what, where, did, fix))
        super().__init__(what)
        self.code, self.what, self.where, self.did, self.fix = code, what, where, did, fix
        for part, said in (("where", where), ("fix", fix)):  # so that a traceback in Python says what to do, too
            if said:
                self.add_note(f"{part}: {said}")

    def as_dict(self) -> dict[str, str]:
        """The same error as plain data, for JSON and HTTP."""
        return {"code": self.code, "what": self.what, "where": self.where, "did": self.did, "fix": self.fix}


class UsageError(PersonaeError):
    """The command or the settings are wrong; nothing was read."""

    exit_code = 2


class DataError(PersonaeError):
    """The data cannot be used as given."""

    exit_code = 3


class GateError(PersonaeError):
    """New data were read and a gate said no: nothing is fitted, the last good run stays."""

    exit_code = 4


class MachineError(PersonaeError):
    """The machine said no: disk, rights, memory, lock."""

    exit_code = 5


def lacking(package: str, extra: str, *, where: str, did: str = "nothing was started", instead: str = "") -> MachineError:
    """P501 for a package of an extra that is not installed; `instead` is what goes without it."""
    fix = f'pip install "personae[{extra}]"{f", or {instead}" if instead else ""}'
    return MachineError("P501", f"the package {package} is not installed", where=where, did=did, fix=fix)


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A plug does not fit these data; the caller records the reason and goes on."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix
        """What to type instead, where the plug knows."""
