"""What is said of imports: their steps, where they stand, and the work on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy as _plazy

from companies.importing.doing.work import Work
from companies.models import Import, ImportVerdict

# The steps of the bar, in their order.
STEPS: Final[Mapping[str, Promise]] = {
    "upload": _plazy("step of an import", "Upload"),
    "read": _plazy("step of an import", "Read"),
    "map": _plazy("step of an import", "Map"),
    "check": _plazy("step of an import", "Check"),
    "preview": _plazy("step of an import", "Preview"),
    "done": _plazy("step of an import", "Done"),
}
# Where an import stands, for the list of all.
STANDS: Final[Mapping[str, Promise]] = {
    Import.Step.UPLOADED: _lazy("Uploaded, not read yet"),
    Import.Step.READ: _lazy("Read; the columns wait for names"),
    Import.Step.MAPPED: _lazy("Columns named, not checked yet"),
    Import.Step.CHECKED: _lazy("Checked, not imported yet"),
    Import.Step.DONE: _plazy("files", "Imported"),
    Import.Step.UNDONE: _lazy("Taken back"),
    Import.Step.REFUSED: _lazy("Not read"),
    Import.Step.DISCARDED: _lazy("Discarded"),
}
OUTCOMES: Final[Mapping[str, Promise]] = {
    ImportVerdict.Outcome.NEW: _lazy("new"),
    ImportVerdict.Outcome.UPDATE: _lazy("updated"),
    ImportVerdict.Outcome.UNCHANGED: _lazy("unchanged"),
    ImportVerdict.Outcome.CONFLICT: _lazy("in conflict"),
    ImportVerdict.Outcome.DUPLICATE: _lazy("twice in the file"),
    ImportVerdict.Outcome.ERROR: _lazy("wrong"),
    ImportVerdict.Outcome.LEFT_OUT: _lazy("left out"),
}
WAITING: Final[Mapping[str, Promise]] = {
    Work.READ: _lazy("The file will be read in a moment."),
    Work.CHECK: _lazy("The rows will be checked in a moment."),
    Work.COMMIT: _lazy("The records will be written in a moment."),
    Work.UNDO: _lazy("The import will be undone in a moment."),
}
RUNNING: Final[Mapping[str, Promise]] = {
    Work.READ: _lazy("The file is being read."),
    Work.CHECK: _lazy("The rows are being checked."),
    Work.COMMIT: _lazy("The records are being written."),
    Work.UNDO: _lazy("The import is being undone."),
}
RESUMING: Final[Mapping[str, Promise]] = {
    Work.READ: _lazy("The reading was interrupted and is resuming. Nothing is lost."),
    Work.CHECK: _lazy("The check was interrupted and is resuming. Nothing is lost."),
    Work.COMMIT: _lazy("The import was interrupted and is resuming. No record is written twice."),
    Work.UNDO: _lazy("The undo was interrupted and is resuming. Nothing is lost."),
}
FAILED: Final[Mapping[str, Promise]] = {
    Work.READ: _lazy("The file could not be read this time."),
    Work.CHECK: _lazy("The rows could not be checked this time."),
    Work.COMMIT: _lazy("Nothing was imported: the work did not come through."),
    Work.UNDO: _lazy("Nothing was undone: the work did not come through."),
}
