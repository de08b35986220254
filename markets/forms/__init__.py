"""What staff may write: demand profiles and their documents, files of a provider, decisions on what was held."""

from markets.forms.deciding import DecisionForm
from markets.forms.editing import DocumentForm, EntryFormSet, NoteForm, entry_forms, problems_of
from markets.forms.uploads import MOST_UPLOAD_BYTES, UploadForm

__all__ = [
    "MOST_UPLOAD_BYTES",
    "DecisionForm",
    "DocumentForm",
    "EntryFormSet",
    "NoteForm",
    "UploadForm",
    "entry_forms",
    "problems_of",
]
