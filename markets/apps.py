"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketsConfig(AppConfig):
    """What the world buys: indicators, products, demand profiles and where each number came from."""

    name = "markets"
    verbose_name = _("Markets")
    default_auto_field = "django.db.models.BigAutoField"
