"""What a password must be."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """So many characters at least, told in every language of the product: Django's own words lack Chinese."""

    def get_error_message(self) -> str:
        """What is wrong with a shorter one."""
        told = ngettext(
            "It is too short: take at least %(count)s character.",
            "It is too short: take at least %(count)s characters.",
            self.min_length,
        )
        return told % {"count": self.min_length}
