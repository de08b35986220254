"""The whole map: pages under their language, the API under its version, operations beside them."""

from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

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

# Staff come in by the same door as everyone, with its limits and second factors; so do their passwords change.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
staff_itself: list[URLPattern | URLResolver] = [
    path("password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("", admin.site.urls),
]

# Of the library's addresses those in use; each has its own limits, and a form of it is protected like every other.
account_itself = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("email/", account.email, name="account_email"),
    path("confirm-email/", account.email_verification_sent, name="account_email_verification_sent"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/confirm/", account.confirm_password_reset_code, name="account_confirm_password_reset_code"),
    path("password/reset/complete/", account.complete_password_reset, name="account_complete_password_reset"),
    path("password/reset/done/", account.password_reset_from_key_done, name="account_password_reset_completed"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
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
        path("staff/", include(staff_itself)),
        path("accounts/", include(account_itself)),
        path("", include((companies_urls.pages, "companies"))),
        path("", include((markets_urls.pages, "markets"))),
    ),
]

# Failures of a page are told by a page; the API tells its own.
handler400 = "markets.door.failures.bad_request"
handler403 = "markets.door.failures.forbidden"
handler404 = "markets.door.failures.missing_page"
handler429 = "markets.door.failures.too_many"
handler500 = "markets.door.failures.failed"
