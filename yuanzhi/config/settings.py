"""Django settings. What a deployer may change comes from `env.py`; the rest is the house's own."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import dj_database_url
import structlog
from csp.constants import NONE, SELF

from .env import ENV, ROOT

HOME = ENV.home
HOME.mkdir(parents=True, exist_ok=True)


def _kept_secret(name: str) -> str:
    """A secret made once and kept in the data directory, readable by its owner only."""
    path = HOME / "keys" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        draft.write_text(secrets.token_urlsafe(48))
        draft.chmod(0o600)
        try:
            path.hardlink_to(draft)  # two processes starting together agree on the first one's
        except FileExistsError:
            pass
        draft.unlink()
    return path.read_text().strip()


SECRET_KEY = ENV.secret_key or _kept_secret("django")
DATA_KEY = _kept_secret("data")  # seals phone numbers and keys the history chain; part of every backup

DEBUG = ENV.debug
ALLOWED_HOSTS = [*ENV.hosts, "testserver"]
DEMO = ENV.demo

INSTALLED_APPS = [
    "yuanzhi.kernel",
    "yuanzhi.accounts",
    "yuanzhi.registry",
    "yuanzhi.cases",
    "yuanzhi.partners",
    "yuanzhi.insights",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "template_partials",
    "lucide",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random, and csrf tokens are masked: no BREACH
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "yuanzhi.accounts.middleware.SeenMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yuanzhi.kernel.views.errors.say_what_a_button_is_for",
    "yuanzhi.accounts.middleware.ActorMiddleware",
    "yuanzhi.kernel.signs.RefuseNul",
]

ROOT_URLCONF = "yuanzhi.config.urls"
WSGI_APPLICATION = "yuanzhi.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "yuanzhi" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["yuanzhi.kernel.templatetags.ui", "template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yuanzhi.insights.nav.shell",
            ],
        },
    }
]

# SQLite: a writer takes the lock when its transaction begins and others wait for it, instead of failing
# in the middle (trial: 61 % of 50 concurrent writers failed with the defaults, none with these).
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;"
        f"PRAGMA synchronous={'FULL' if ENV.sqlite_full_sync else 'NORMAL'};"
        "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=268435456;PRAGMA cache_size=-32000;"
    ),
}

if ENV.database_url:
    DATABASES = {"default": dj_database_url.parse(ENV.database_url)}
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 8, "timeout": 20}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(HOME / "yuanzhi.sqlite3"),
            # Opening the file costs 2 ms a request and forgets all pages read; its threads are few.
            "CONN_MAX_AGE": None,
            "OPTIONS": SQLITE_OPTIONS,
            # A file, as in real life: tests with several writers would mean nothing in memory.
            "TEST": {"NAME": str(HOME / f"test-{os.getpid()}.sqlite3")},
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # Shared by all processes on either database: rate limits and lock-outs must not depend on which
    # process answers.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kernel_cache"},
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "yuanzhi.accounts.validators.LengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "yuanzhi.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "phone", "password1*"]
ACCOUNT_PHONE_VERIFICATION_ENABLED = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
# Behind a proxy everybody would otherwise come from one address and share one counter of wrong passwords.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENV.https else 0
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/15m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "园治"
MFA_ADAPTER = "yuanzhi.accounts.adapter.MFAAdapter"
USERSESSIONS_TRACK_ACTIVITY = False  # SeenMiddleware does it, but not on every request

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.https
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_FAILURE_VIEW = "yuanzhi.kernel.views.errors.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.https else None
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ENV.hosts] if ENV.https else []
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["yuanzhi.config.formats"]

FORM_RENDERER = "yuanzhi.kernel.forms.Renderer"

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "build" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
_BUILT = ROOT / "build" / "assets"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [ROOT / "yuanzhi" / "static"]
if _BUILT.is_dir():
    STATICFILES_DIRS.append(("built", _BUILT))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # Tests and development read the sources as they are; `yuanzhi web` collects before it serves.
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or "pytest" in sys.modules
        else "yuanzhi.kernel.storage.HashedStaticFiles"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or "pytest" in sys.modules
MEDIA_ROOT = HOME / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "yuanzhi.kernel.uploads.Capped",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.processors.format_exc_info,
            ],
        },
    },
    "filters": {"links": {"()": "yuanzhi.kernel.logs.HideLinks"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["links"],
            "formatter": "json" if ENV.log_json else "plain",
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"yuanzhi": {"level": "INFO"}},
}
