"""`python admin.py PORT`: the administration of a small Django site, whose tables are those of Django itself."""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

settings.configure(
    DEBUG=True, SECRET_KEY="not secret: for one browser on this machine", ROOT_URLCONF="site_urls", USE_TZ=True,
    INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                    "django.contrib.sessions",
                    "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.sites",
                    "django.contrib.flatpages", "django.contrib.redirects"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware", "autologin.AutoLogin",
                "django.contrib.messages.middleware.MessageMiddleware"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "admin.db"}}, SITE_ID=1,
    STATIC_URL="/static/",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
        "context_processors": ["django.template.context_processors.request",
                               "django.contrib.auth.context_processors.auth",
                               "django.contrib.messages.context_processors.messages"]}}],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
)  # fmt: skip
sys.path[:0] = [str(Path(__file__).parent), "."]
Path("site_urls.py").write_text(
    "from django.contrib import admin\nfrom django.urls import path\nurlpatterns = [path('admin/', admin.site.urls)]\n"
)
django.setup()
call_command("migrate", verbosity=0)
call_command("runserver", f"127.0.0.1:{sys.argv[1]}", "--noreload")
