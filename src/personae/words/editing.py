"""An edit in words."""

from __future__ import annotations

from personae.model.edit import Edit


def told(edit: Edit) -> str:
    """What a person changed, in a line."""
    if edit.kind == "rename":
        return f"renamed from {edit.was} to {edit.text}"
    if edit.kind == "hide-measure":
        return f"{edit.text} is told nowhere"
    if edit.kind in ("merge", "split"):
        joined = " and ".join(edit.keys) if edit.kind == "merge" else edit.persona
        made = " and ".join(edit.made)
        called = f", named {edit.text}" if edit.text else ""
        return f"{joined} {'joined to' if edit.kind == 'merge' else 'split into'} {made}{called}"
    about = f" on \u201c{edit.about}\u201d{f', {edit.says}' if edit.says else ''}" if edit.about else ""
    source = f" ({edit.source})" if edit.source else ""
    return f"note{about}: {edit.text}{source}"
