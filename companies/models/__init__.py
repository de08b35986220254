"""What is true of the people and organisations that use the product."""

from companies.models.accounts import User
from companies.models.alerts import Alert, AlertCursor, AlertLetter, AlertMail, AlertRule
from companies.models.changes import Change
from companies.models.companies import Company, CompanyName, Contact, ProductLine
from companies.models.imports import Import, ImportPiece, ImportRow, ImportVerdict, SavedMapping
from companies.models.organisations import ApiKey, FirstAdminLink, Invitation, Membership, Organisation, Role
from companies.models.published import Publication, PublishedSum
from companies.models.records import ExportRecord, RecordComment
from companies.models.targets import Interest, TargetEntry, TargetMarket, Visit
from companies.models.views import IdempotentAnswer, ListExport, SavedView, Selection, ShareLink

__all__ = [
    "Alert",
    "AlertCursor",
    "AlertLetter",
    "AlertMail",
    "AlertRule",
    "ApiKey",
    "Change",
    "Company",
    "CompanyName",
    "Contact",
    "ExportRecord",
    "FirstAdminLink",
    "IdempotentAnswer",
    "Import",
    "ImportPiece",
    "ImportRow",
    "ImportVerdict",
    "Interest",
    "Invitation",
    "ListExport",
    "Membership",
    "Organisation",
    "ProductLine",
    "Publication",
    "PublishedSum",
    "RecordComment",
    "Role",
    "SavedMapping",
    "SavedView",
    "Selection",
    "ShareLink",
    "TargetEntry",
    "TargetMarket",
    "User",
    "Visit",
]
