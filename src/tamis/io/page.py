"""The one frame of every HTML page: a single file that loads nothing, in light and in dark.

A page is three files of one name in its room: `name.html` (the body, with `{{fields}}`), `name.css` (its own rules),
`name.js` (its code, if any). The frame adds the head, the palette, the rules that all pages share (`page.css`), data as
JSON, and a policy under which the browser loads nothing and runs no script but this one. What is filled in is escaped
unless it says that it is HTML (`Markup`). Knows no page; has no loops or conditions: Python has them.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from tamis.io.surrogates import encodable

PALETTE: Mapping[str, tuple[str, str]] = {  # name: (light, dark)
    "paper": ("#fdfcf9", "#161614"),
    "ink": ("#1d1c19", "#eae7df"),
    "soft": ("#6a675f", "#a19d92"),  # what is read second
    "faint": ("#a29e94", "#6f6c65"),  # what was dropped
    "strike": ("#d9d5ca", "#4a4842"),
    "line": ("#e6e2d8", "#2f2e2a"),
    "panel": ("#f6f3ec", "#1e1d1a"),
    "accent": ("#0b5e86", "#7cc4e8"),
    "second": ("#8a2f6b", "#ea9ccb"),
    "warm": ("#d67814", "#f0963a"),  # heat, and what was recalled
    "bar": ("#8fa9b5", "#56707d"),
    "bar-next": ("#c4d0d3", "#39474e"),
    "level-1": ("#b5d1df", "#29495a"),  # a ramp that ends at the accent
    "level-2": ("#6aa2bf", "#4787a6"),
    "level-3": ("#0b5e86", "#7cc4e8"),
}
_FIELD = re.compile(r"\{\{(\w+)\}\}")


class Markup(str):
    """HTML, as against text: filled in as it is."""

    __slots__ = ()


def escape(text: object) -> Markup:
    """The text as HTML; a lone surrogate, which no file can hold, becomes U+FFFD."""
    return text if isinstance(text, Markup) else Markup(html.escape(encodable(str(text))))


def fill(template: str, fields: Mapping[str, object]) -> Markup:
    """The template with its `{{fields}}` filled in, in one pass: a field's own braces stay what they are.

    Example: fill("<b>{{name}}</b>", {"name": "<i>"}) -> "<b>&lt;i&gt;</b>"

    Raises:
        KeyError: the template names a field that is not there.
    """
    return Markup(_FIELD.sub(lambda match: escape(fields[match[1]]), template))


def page(place: str, *, title: str, fields: Mapping[str, object], data: object = None, pictures: bool = False) -> str:
    """A page as one file.

    place -- package and name of its files: "tamis.edge:timeline"
    title -- of the window
    fields -- of the body
    data -- what the code reads from the element "data", as JSON; None for nothing
    pictures -- the body has pictures in it, as data

    Raises:
        FileNotFoundError: there are no such files.
        KeyError: the body names a field that is not there.
    """
    package, _, name = place.partition(":")
    script = _resource(package, f"{name}.js") if files(package).joinpath(f"{name}.js").is_file() else ""
    parts = {
        "policy": Markup(policy(script, pictures=pictures)),
        "title": title,
        "style": Markup(palette() + _resource("tamis.io", "page.css") + _resource(package, f"{name}.css")),
        "body": fill(_resource(package, f"{name}.html"), fields),
        "data": Markup(
            "" if data is None else f'<script type="application/json" id="data">{script_json(data)}</script>\n'
        ),
        "script": Markup(script and f"<script>{script}</script>\n"),
    }
    return str(fill(_FRAME, parts))


def policy(script: str, *, pictures: bool = False) -> str:
    """What the browser may do: show styles, and run this one script, known by its hash; load and send nothing.

    pictures -- it may show those that are in the page itself
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"'sha256-{digest}'" if script else "'none'"
    rules = f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; script-src {allowed}"
    return f"{rules}; img-src data:" if pictures else rules


def palette() -> str:
    """The palette as custom properties: as the system is set, or as the attribute `data-theme` says."""
    light, dark = ("".join(f" --{name}: {pair[which]};" for name, pair in PALETTE.items()) for which in (0, 1))
    return (
        f":root {{{light} color-scheme: light; }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{{dark} color-scheme: dark; }} }}\n"
        f":root[data-theme=dark] {{{dark} color-scheme: dark; }}\n"
    )


def fills(classes: Mapping[str, str]) -> str:
    """CSS that fills classes of an SVG with colours of the palette, which a picture by itself does not inherit.

    classes -- class: name in the palette
    """
    light, dark = ("".join(f".{c}{{fill:{PALETTE[name][i]}}}" for c, name in classes.items()) for i in (0, 1))
    return f"{light}@media(prefers-color-scheme:dark){{{dark}}}"


def script_json(data: object) -> str:
    """JSON that may stand in a script element: nothing in it can end the element or open a comment."""
    plain = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    plain = plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return plain.encode("utf-8", "backslashreplace").decode()  # a lone surrogate as its escape, which JSON reads alike


@cache
def _resource(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")


_FRAME = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="tamis">
<meta http-equiv="Content-Security-Policy" content="{{policy}}">
<title>{{title}}</title>
<style>
{{style}}</style>
</head>
<body>
{{body}}{{data}}{{script}}</body>
</html>
"""
