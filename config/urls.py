"""The whole map: pages under their language, the API under its version, operations beside them."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from companies import urls as companies_urls
from config import crawlers, health
from config.api import documents, views
from markets import urls as markets_urls

api_itself = [
    path("", views.IndexView.as_view(), name="index"),
    path("openapi.json", documents.OpenApiView.as_view(), name="openapi"),
    path("docs/", documents.SwaggerView.as_view(), name="docs"),
    path("problems/", views.ProblemListView.as_view(), name="problem_list"),
    path("problems/<str:code>/", views.ProblemView.as_view(), name="problem"),
]

urlpatterns = [
    path("livez", health.alive),
    path("readyz", health.ready),
    path("robots.txt", crawlers.robots),
    path("favicon.ico", crawlers.favicon),
    path("api/v1/", include((api_itself, "api_itself"))),
    path("api/v1/", include(([*markets_urls.api, *companies_urls.api], "api"))),
    re_path(r"^api(?:/|$)", views.UnknownAddress.as_view()),
    *i18n_patterns(
        path("staff/", admin.site.urls),
        path("", include((companies_urls.pages, "companies"))),
        path("", include((markets_urls.pages, "markets"))),
    ),
]

# Failures of a page are told by a page; the API tells its own.
handler400 = "markets.door.failures.bad_request"
handler403 = "markets.door.failures.forbidden"
handler404 = "markets.door.failures.missing_page"
handler500 = "markets.door.failures.failed"
