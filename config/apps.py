"""How Django's own applications are set up here."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """Collects what the pages use and leaves out what comes along in the packages."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "tabler.css*",  # the minified sheet is used
        "tabler-*",  # flags, payment marks and other optional sheets with their own pictures
        "*.rtl.*",  # none of our languages runs from right to left
        "redoc",  # Swagger shows the API
        "rest_framework",  # answers are JSON alone
    ]
