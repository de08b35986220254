"""The whole map: pages under their language, the API under its version, operations beside them."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from markets import urls as markets_urls

urlpatterns = [
    path("api/v1/", include((markets_urls.api, "api"))),
    *i18n_patterns(
        path("staff/", admin.site.urls),
        path("", include((markets_urls.pages, "markets"))),
    ),
]
