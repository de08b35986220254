"""Settings of every running Sogdia. What differs between two of them comes from the environment.

`docs/operations.md` lists the variables. Embedded or real servers make no difference here.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from config import environment, logs

BASE_DIR = Path(__file__).resolve().parent.parent
FRONTEND_DIR = BASE_DIR / "frontend"
# What a running Sogdia writes beside its database: collected static files, the beat's memory.
VAR_DIR = Path(environment.text("VAR_DIR", str(BASE_DIR / "var")))

DEBUG = environment.flag("DEBUG")
SECRET_KEY = environment.text("SECRET_KEY", "only-for-debugging" if DEBUG else None)
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
# The address people type; links in messages and the security of cookies follow from it.
SITE_URL = environment.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
IS_HTTPS = urlsplit(SITE_URL).scheme == "https"
# How many proxies of our own stand in front; zero means X-Forwarded-* headers are not believed.
TRUSTED_PROXIES = environment.number("TRUSTED_PROXIES", 0)

# ---------------------------------------------------------------- applications
INSTALLED_APPS = [
    "companies",
    "markets",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "config.apps.StaticFiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
if environment.flag("DETECT_REPEATED_QUERIES"):
    INSTALLED_APPS.append("zeal")  # set by the tests: a query in a loop raises an error
MIDDLEWARE = [
    "config.requests.RequestIds",
    "config.security.SecurityHeaders",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.accounts.SessionLimits",
    "config.accounts.AccountPages",
    "config.accounts.ReadAsTheyLike",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "companies.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "companies.door.working_in",
            ],
        },
    },
]

# ---------------------------------------------------------------- database
# In the web process a pool; elsewhere one connection a process, kept a minute.
_pool_size = environment.number("DATABASE_POOL_SIZE", 0)
_statement_timeout = environment.number("DATABASE_STATEMENT_TIMEOUT_SECONDS", 900)
DATABASES = {"default": environment.database(environment.text("DATABASE_URL"))}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 0 if _pool_size else 60,
    "CONN_HEALTH_CHECKS": True,
    "DISABLE_SERVER_SIDE_CURSORS": environment.flag("DATABASE_HAS_PGBOUNCER"),
}
# A server that vanished from the network is given up in seconds, not after the quarter of an hour of the kernel's own.
_vanished = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 20_000}
DATABASES["default"]["OPTIONS"] = _vanished | DATABASES["default"]["OPTIONS"]
DATABASES["default"]["OPTIONS"] |= {
    "application_name": environment.text("PROCESS_NAME", "sogdia"),
    "connect_timeout": 5,
    "options": (
        f"-c statement_timeout={_statement_timeout}s -c lock_timeout=10s -c idle_in_transaction_session_timeout=120s"
    ),
}
if _pool_size:
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": _pool_size,
        # Seconds a request waits for a connection before it is refused: as long as a restart of the server takes.
        "timeout": 3,
        # The pool waits longer after each attempt that failed; given up so soon, the next request begins anew.
        "reconnect_timeout": 3,
        "max_idle": 300,
    }

# ---------------------------------------------------------------- Valkey: queue and cache
_redis = environment.redis(environment.text("REDIS_URL", "redis://localhost:6379"))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _redis["cache"],
        "KEY_PREFIX": "sogdia",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}
# Public pages are kept this long; they show local times, so not much longer than a minute. 0 keeps none.
PAGE_CACHE_SECONDS = environment.number("PAGE_CACHE_SECONDS", 60)
# Whether a process keeps the reference tables (areas, indicators, categories) until one of them changes.
REFERENCE_IS_KEPT = environment.flag("REFERENCE_IS_KEPT", default=True)
# A sum is published when at least so many companies stand behind it, never fewer than three, and when the second
# largest of them cannot estimate the largest within so many per cent.
PUBLISH_FEWEST_COMPANIES = environment.number("PUBLISH_FEWEST_COMPANIES", 3)
PUBLISH_ESTIMATE_PCT = environment.number("PUBLISH_ESTIMATE_PCT", 10)
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # a lost cache signs nobody out

CELERY_BROKER_URL = _redis["broker"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than the hard time limit: a task that still runs is never handed out twice.
    "visibility_timeout": int(timedelta(hours=2).total_seconds()),
    "socket_timeout": 10,
    "socket_connect_timeout": 1,
    # A door that cannot connect tries once more, at once: kombu's own default is to go on for seconds, whatever is said
    # of the message. A worker that lost its queue goes on trying for ever.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
# The job row owns the work and the message only wakes a worker, so a request never waits for
# a queue that is away.
CELERY_TASK_PUBLISH_RETRY = False
# A job is held on a lease that the heartbeat of its worker moves on; the sweep hands out again what nobody holds.
JOB_LEASE_SECONDS = environment.number("JOB_LEASE_SECONDS", 30)
JOB_SWEEP_SECONDS = environment.number("JOB_SWEEP_SECONDS", 15)
# How often what is new is looked through for alerts, and letters that are due are sent.
ALERT_LOOK_SECONDS = environment.number("ALERT_LOOK_SECONDS", 60)
ALERT_LETTER_SECONDS = environment.number("ALERT_LETTER_SECONDS", 300)
# Other addresses of providers, such as a mirror or a proxy: dataset=https://host, separated by commas.
SOURCE_URLS = environment.pairs("SOURCE_URLS")
# Only in databases for benchmarks and tests: invented figures, marked as such by their files, may be published.
SYNTHETIC_DATA = environment.flag("SYNTHETIC_DATA")
CELERY_TASK_DEFAULT_QUEUE = "sogdia"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # a poisonous task would come back without end
CELERY_TASK_SOFT_TIME_LIMIT = int(timedelta(minutes=55).total_seconds())
CELERY_TASK_TIME_LIMIT = int(timedelta(hours=1).total_seconds())
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 600_000  # kB
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10  # seconds
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "config.celery.CardScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# ---------------------------------------------------------------- languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("ru", "Русский")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ---------------------------------------------------------------- static files
STATIC_URL = "/static/"
STATIC_ROOT = Path(environment.text("STATIC_ROOT", str(VAR_DIR / "static")))
# What the browser needs comes from npm's folder or the build beside it, never from a CDN.
STATICFILES_DIRS = [
    entry
    for entry in (
        ("", BASE_DIR / "config" / "static"),
        ("dist", FRONTEND_DIR / "dist"),
        ("tabler", FRONTEND_DIR / "node_modules" / "@tabler" / "core" / "dist" / "css"),
    )
    if entry[1].is_dir()
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# ---------------------------------------------------------------- security
CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    # data: the style sheet of the forms draws its check marks and arrows as data addresses
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}
PERMISSIONS_REFUSED = [
    "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope",
    "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "usb",
]  # fmt: skip
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]  # health is asked from inside, without TLS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
_cookie_prefix = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_cookie_prefix}sessionid"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_cookie_prefix}csrftoken"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name}
    for name in (
        "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "companies.accounts.passwords.LongEnough",
        "django.contrib.auth.password_validation.CommonPasswordValidator",
        "django.contrib.auth.password_validation.NumericPasswordValidator",
    )
]

# ---------------------------------------------------------------- accounts
# A session ends when nothing was asked with it for so long, and in any case so long after the sign-in.
SESSION_IDLE_SECONDS = environment.number("SESSION_IDLE_MINUTES", 12 * 60) * 60
SESSION_COOKIE_AGE = environment.number("SESSION_MOST_HOURS", 14 * 24) * 3600
# How long a person who asked to be deleted can still take it back.
DELETION_GRACE_DAYS = environment.number("DELETION_GRACE_DAYS", 14)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "markets:home"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "companies.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "companies.forms.accounts.SignUpForm",
    "login": "companies.forms.accounts.SignInForm",
    "reset_password": "companies.forms.accounts.ResetForm",
    "reset_password_from_key": "companies.forms.accounts.NewPasswordForm",
    "change_password": "companies.forms.accounts.ChangePasswordForm",
    "set_password": "companies.forms.accounts.SetPasswordForm",
    "add_email": "companies.forms.accounts.AddressForm",
    "reauthenticate": "companies.forms.accounts.PasswordAgainForm",
    "confirm_email_verification_code": "companies.forms.accounts.AddressCodeForm",
    "confirm_password_reset_code": "companies.forms.accounts.ResetCodeForm",
}
MFA_FORMS = {
    "authenticate": "companies.forms.accounts.SecondStepForm",
    "reauthenticate": "companies.forms.accounts.SecondStepAgainForm",
    "activate_totp": "companies.forms.accounts.AppForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_CHANGE_EMAIL = True  # one address a person; a new one counts once its code was typed
ACCOUNT_PREVENT_ENUMERATION = True
# Codes that a person types, never links: a mail scanner that opens every link confirms nothing.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True  # the limits above say how long
ACCOUNT_RATE_LIMITS = environment.limits(
    "ACCOUNT_LIMITS",
    {
        "login": "30/m/ip",
        "login_failed": "10/5m/ip,10/5m/key",
        "signup": "20/h/ip",
        "reset_password": "20/h/ip,5/h/key",
        "reset_password_from_key": "20/5m/ip",
        "confirm_email": "1/10s/key",
        "change_password": "10/5m/user",
        "manage_email": "10/h/user",
        "reauthenticate": "10/5m/user",
    },
)
MFA_ADAPTER = "companies.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Sogdia"
MFA_TOTP_TOLERANCE = 1  # clocks of phones differ by half a minute

# ---------------------------------------------------------------- mail
_mail = environment.mail(environment.text("EMAIL_URL", "console:"))
EMAIL_BACKEND = _mail["backend"]
EMAIL_HOST, EMAIL_PORT = _mail["host"], _mail["port"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["user"], _mail["password"]
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail["ssl"], _mail["tls"]
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.text("EMAIL_FROM", f"Sogdia <sogdia@{urlsplit(SITE_URL).hostname}>")

# ---------------------------------------------------------------- API
# Requests a minute from one address without a key; 0: as many as anyone likes.
API_RATE_ANON = environment.number("API_RATE_ANON", 120)
# The same of one key, or of one person who is signed in.
API_RATE_KEY = environment.number("API_RATE_KEY", 600)
# Keys that do not hold, a minute, after which an address is not asked for its key any more.
API_RATE_BAD_KEYS = environment.number("API_RATE_BAD_KEYS", 20)
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["config.api.OrjsonRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.api.JSONFirst",
    "DEFAULT_PAGINATION_CLASS": "config.api.KeysetPagination",
    "DEFAULT_PARSER_CLASSES": ["config.api.ExactJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["companies.api.keys.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_SCHEMA_CLASS": "config.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "config.api.problem_response",
    "DEFAULT_THROTTLE_CLASSES": ["config.api.RequestThrottle"],
    "NUM_PROXIES": TRUSTED_PROXIES,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sogdia",
    "DESCRIPTION": "What the world buys: indicators, products and demand, each with its source.",
    "SERVERS": [{"url": "/", "description": "This site"}],
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "sgd_<prefix>.<secret>",
                "description": "A key of a member, made under `My keys`; in the header alone, never in an address.",
            },
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": "sessionid",
                "description": "A person who is signed in on the pages (`__Host-sessionid` on https); what they write"
                " needs the page's token in the header X-CSRFToken.",
            },
        }
    },
}

# ---------------------------------------------------------------- logging
# One line a request, with its id, status and time. The web server's own lines are told by config/granian.json.
LOG_REQUESTS = environment.flag("LOG_REQUESTS")
LOGGING = logs.configured(form=environment.text("LOG_FORMAT", "plain"), level=environment.text("LOG_LEVEL", "INFO"))
