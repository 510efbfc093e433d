"""`python wagtail_site.py PORT`: Wagtail's first project, in the folder `demo`, with everybody its administrator."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), "demo"]
Path("demo/looked_at.py").write_text(
    "from demo.settings.dev import *\nALLOWED_HOSTS = ['*']\n"
    "at = MIDDLEWARE.index('django.contrib.auth.middleware.AuthenticationMiddleware') + 1\n"
    "MIDDLEWARE.insert(at, 'autologin.AutoLogin')\n"
)
os.environ["DJANGO_SETTINGS_MODULE"] = "looked_at"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)
call_command("runserver", f"127.0.0.1:{sys.argv[1]}", "--noreload")
