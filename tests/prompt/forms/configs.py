# ruff: noqa: E501  (the samples are as long as they are)
"""Configuration files of many families: samples, and generated ones."""

from __future__ import annotations

from hypothesis import strategies as st

SAMPLES = {
    "toml": (
        '# What the shop is made of.\n[project]\nname = "lamps"\nversion = "1.2"\ndescription = """\nLamps of all kinds,\n'
        'and [stoves].\n"""\ndependencies = [\n    "numpy>=1.26",\n    "tokenizers>=0.20",  # words\n    "httpx>=0.27",\n'
        '    "rich>=13",\n    "regex",\n]\n\n[tool.lint]\n# Lines of screens.\nline-length = 120\nselect = ["ALL"]\n\n'
        '[[tool.types.overrides]]\nmodule = ["yaml.*"]\nignore = true\n\n[[shelf]]\nname = "a"\nheight = 3\nwidth = 4\n'
        'depth = 5\n[shelf.size]\nx = 1\n\n[[shelf]]\nname = "b"\nheight = 9\nwidth = 1\ndepth = 2\n'
    ),
    "ini": (
        "[tox]\nenvlist = py310,py311\n\n[testenv]\ndeps =\n    pytest\n    hypothesis\n    ruff\n    mypy\n    rich\n    httpx\n"
        "commands =\n    pytest -q\n; how long it may take\ntimeout = 30\n\n[flake8]\nmax-line-length = 120\n"
    ),
    "make": (
        "VENV ?= .venv\nCODE := src tests\n\n.PHONY: all test\n\n# Everything.\nall: lint test\n\ntest: $(VENV)\n\t@echo testing\n"
        "\t$(VENV)/bin/pytest \\\n\t\t--quiet \\\n\t\ttests\n\nifdef CI\nlint:\n\truff check $(CODE)\nelse\nlint:\n\truff check --fix\n"
        "endif\n"
    ),
    "dockerfile": (
        "ARG VERSION=3.12\nFROM python:${VERSION} AS build\n# What it is built with.\nRUN apt-get update && \\\n"
        "    apt-get install -y gcc\nCOPY . /app\nWORKDIR /app\nRUN pip install .\n\nFROM build\nUSER lamp\nEXPOSE 8000\n"
        'CMD ["lamps"]\n'
    ),
    "env": '# Where the shop is.\nHOST=localhost\nPORT=8000\n\nKEY="a\nb\nc"\nDEBUG=false\nexport LEVEL=info\n',
    "requirements": "# web\nhttpx==0.27.0\nrich==13.7\nnumpy>=1.26,<3\nregex\n-r dev.txt\ntomli==2.0; python_version < '3.11'\n",
    "gitignore": "# made\n*.pyc\n__pycache__/\n/dist/\n!keep.pyc\n.venv\nbuild\n",
    "codeowners": "# Who looks at what.\n*  @shop/all\n/src/lamps/  @ann @ben\n*.md  docs@shop.org\n",
    "nginx": (
        "# The shop.\nserver {\n    listen 443 ssl;\n    server_name shop.org;\n    location / {\n        proxy_pass http://app;\n"
        "        proxy_set_header Host $host;\n        proxy_read_timeout 30s;\n        client_max_body_size 9m;\n    }\n"
        "    error_page 404 /404.html;\n}\n"
    ),
    "hcl": (
        'resource "shelf" "main" {\n  name = "main"\n\n  tags = {\n    Owner = "ann"\n    Place = "Leeds"\n    Size = 3\n    Kind = "x"\n'
        '  }\n  lamps = [\n    "red",\n    "blue",\n    "green",\n    "grey",\n    "white",\n  ]\n}\n\nvariable "size" {\n  type = number\n}\n'
    ),
    "unit": (
        "[Unit]\nDescription=The shop\nAfter=network.target\n\n[Service]\nExecStart=/usr/bin/lamps \\\n  --port 8000\nRestart=always\n"
        "#Nice=5\n\n[Install]\nWantedBy=multi-user.target\n"
    ),
    "commented": (
        "# How users are made.\n# See the manual.\n\n# The shell of new users.\n#DSHELL=/bin/bash\n\n# Where they live.\nDHOME /home\n"
        "# and whether there are groups\nGROUPS no\n"
    ),
}


def configs() -> st.SearchStrategy[str]:
    """Files of pieces of samples, also where these do not fit together: any order, cut anywhere between lines."""
    lines = [line for text in SAMPLES.values() for line in text.splitlines(keepends=True)]
    whole = st.sampled_from(sorted(SAMPLES.values()))
    loose = st.lists(st.sampled_from(lines), max_size=12).map("".join)
    return st.one_of(whole, loose, st.tuples(whole, loose).map("".join))
