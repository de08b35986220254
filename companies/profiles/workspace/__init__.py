"""The workspace people come back to, read once for the page and its files."""

from companies.profiles.workspace.page import WorkspacePage, workspace

__all__ = ["WorkspacePage", "workspace"]
