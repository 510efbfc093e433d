"""`python gitweb.py PORT`: the repositories of a folder in gitweb, which is a CGI program."""

from __future__ import annotations

import http.server
import os
import shutil
import sys
from http.server import CGIHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

vars(http.server)["nobody_uid"] = os.getuid  # (as root it would run the program as somebody who cannot read it)
Path("cgi-bin").mkdir(exist_ok=True)
shutil.copy("/usr/share/gitweb/gitweb.cgi", "cgi-bin/gitweb.cgi")
if not Path("static").exists():
    shutil.copytree("/usr/share/gitweb/static", "static")
Path("gitweb.conf").write_text(
    f'$projectroot = "{Path("repositories").resolve()}"; @stylesheets = ("/static/gitweb.css");\n'
    '$logo = "/static/git-logo.png"; $favicon = ""; $javascript = "/static/gitweb.js"; 1;\n'
)
os.environ["GITWEB_CONFIG"] = str(Path("gitweb.conf").resolve())
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), CGIHTTPRequestHandler).serve_forever()
