"""Django settings. Everything an installation may change comes from the environment, declared here once."""

from pathlib import Path

from orderwell.platform import environment as env

PACKAGE = Path(__file__).resolve().parent
HOME = env.folder("ORDERWELL_HOME", "~/.orderwell", "Data folder: SQLite database, keys, uploaded files, logs.")
DEBUG = env.yes_no("ORDERWELL_DEBUG", False, "Show technical error pages. Never in production.")
SECRET_KEY = env.secret("ORDERWELL_SECRET_KEY", HOME / "keys" / "session.key", "Signs sessions and links.")
ALLOWED_HOSTS = env.words("ORDERWELL_HOSTS", "localhost,127.0.0.1,[::1]", "Host names under which the server answers.")
CSRF_TRUSTED_ORIGINS = env.words(
    "ORDERWELL_ORIGINS", "", "Origins (https://host) that may post forms when a proxy ends TLS."
)
HTTPS = env.yes_no("ORDERWELL_HTTPS", False, "Served over HTTPS only: secure cookies, HSTS, redirect.")
TIME_ZONE = env.zone("ORDERWELL_TIME_ZONE", "Asia/Shanghai", "Business time zone: where days begin and end.")
LANGUAGE_CODE = env.choice(
    "ORDERWELL_LANGUAGE", "zh-hans", ("zh-hans", "en"), "Language when neither user nor browser asks."
)
GATE_BATCH = env.whole(
    "ORDERWELL_GATE_BATCH", 64, "Most orders that one transaction of the intake gate takes.", low=1, high=500
)
MAX_BODY = env.whole("ORDERWELL_MAX_BODY_MB", 32, "Largest request body in MiB.", low=1, high=1024) * 1024 * 1024
WEB_PROCESSES = env.whole("ORDERWELL_WORKERS", 0, "Web processes; 0: one on SQLite, two on PostgreSQL.", high=64)
WEB_THREADS = env.whole(
    "ORDERWELL_THREADS", 0, "Threads of a web process; 0: 64 on SQLite, 32 on PostgreSQL.", high=512
)
WORKER = env.choice(
    "ORDERWELL_WORKER",
    "auto",
    ("auto", "inside", "outside"),
    "Where background work runs: inside the web process or in `orderwell worker`; auto: inside on SQLite.",
)
TLS_CERT = env.file("ORDERWELL_TLS_CERT", "Certificate chain (PEM) with which the server itself speaks HTTPS.")
TLS_KEY = env.file("ORDERWELL_TLS_KEY", "Private key (PEM) that belongs to the certificate.")
LOG_LEVEL = env.choice("ORDERWELL_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"), "What the log keeps.")
DATABASE_POOL = env.whole("ORDERWELL_DATABASE_POOL", 12, "Most PostgreSQL connections of one process.", low=2, high=200)
DATABASES = {
    "default": env.database(
        "DATABASE_URL", HOME, "PostgreSQL instead of the SQLite file in the data folder.", pool=DATABASE_POOL
    )
}
MEDIA_ROOT = HOME / "files"
SANDBOX = env.yes_no("ORDERWELL_SANDBOX", False, "This is the practice company; set by `orderwell sandbox serve`.")
SANDBOX_URL = env.text(
    "ORDERWELL_SANDBOX_URL", "", "Address of a practice company served elsewhere; empty: started here on demand."
).rstrip("/")
SANDBOX_PORT = env.whole("ORDERWELL_SANDBOX_PORT", 0, "Port of the practice company; 0: any free one.", high=65535)
env.text(
    "ORDERWELL_SANDBOX_SECRET", "", "Signs hand-overs to the practice company; needed where it has another data folder."
)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "orderwell.platform.crypto",
    "orderwell.platform.learning",
    "orderwell.platform.accounts",
    "orderwell.platform.events",
    "orderwell.platform.jobs",
    "orderwell.platform.numbering",
    "orderwell.platform.configuration",
    "orderwell.platform.idempotency",
    "orderwell.platform.printing",
    "orderwell.platform.drafts",
    "orderwell.platform.views",
    "orderwell.platform.leftovers",
    "orderwell.domains.catalog",
    "orderwell.domains.customers",
    "orderwell.domains.prices",
    "orderwell.domains.inventory",
    "orderwell.domains.orders",
    "orderwell.domains.fulfilment",
    "orderwell.domains.billing",
    "orderwell.domains.cases",
    "orderwell.domains.analytics",
    "orderwell.domains.automation",
    "orderwell.domains.integrations",
    "orderwell.web",
    "orderwell.apps.OrderwellConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Answers the API itself, which needs none of what follows.
    "orderwell.api.boundary.ApiBoundary",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "orderwell.web.middleware.Preferences",
    "orderwell.web.middleware.ContentSecurity",
    "orderwell.web.middleware.OnlySent",
    "django_htmx.middleware.HtmxMiddleware",
    "orderwell.web.middleware.Toasts",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "orderwell.urls"
WSGI_APPLICATION = "orderwell.wsgi.application"
# `{% load i18n %}` is meant to find ours, which takes Django's along.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [f"orderwell.web.templatetags.{name}" for name in ("addresses", "doers", "layouts")],
            "libraries": {"i18n": "orderwell.web.templatetags.translating"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "orderwell.web.context.layout",
                "orderwell.web.help.context.helping",
            ],
        },
    }
]

FORM_RENDERER = "orderwell.web.components.widgets.Renderer"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "orderwell.web.components.telling.InCookie"
if SANDBOX:  # beside the real company under the same host name: cookies don't tell ports apart
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "practice_session", "practice_csrf"
    MESSAGE_STORAGE = "orderwell.web.components.telling.InSession"
    MIDDLEWARE.append("orderwell.web.help.tours.middleware.Practice")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "orderwell.web.errors.csrf_failure"

USE_TZ = True
USE_I18N = True
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
STATIC_URL = "/static/"
# Served straight from the package; addresses carry a digest of the content (web/components/assets.py).
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 31_536_000
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
APPEND_SLASH = True

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        # Where something went wrong, without what was said: the tail that a diagnostics bundle may show.
        "recent": {
            "class": "orderwell.platform.diagnostics.recent.RecentLog",
            "path": str(HOME / "logs" / "recent.jsonl"),
        },
    },
    "root": {"handlers": ["console", "recent"], "level": LOG_LEVEL},
    "loggers": {"pyBarcode": {"level": "WARNING"}},  # it tells at every start that it cannot draw PNG files
}
