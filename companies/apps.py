"""The Django application of companies."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    """Who sells, who signs in and where they want to go."""

    name = "companies"
    verbose_name = _("Companies")
