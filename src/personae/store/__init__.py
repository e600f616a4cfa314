"""What stays when a run has ended: the files of a cast, and the record of all runs."""

from personae.store.atomic import try_place, whole_file
from personae.store.carry import carried
from personae.store.casts import load, may_write, save
from personae.store.entry import Entry
from personae.store.excluded import exclude, spared
from personae.store.record import Record

__all__ = ["Entry", "Record", "carried", "exclude", "load", "may_write", "save", "spared", "try_place", "whole_file"]
