"""The forms by name: a new one is a file beside this one, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tamis.errors import unknown
from tamis.prompt.forms.code.brackets import Brackets
from tamis.prompt.forms.code.form import Code
from tamis.prompt.forms.config import Config
from tamis.prompt.forms.data.csv_form import Csv
from tamis.prompt.forms.data.json_form import Json, JsonLines
from tamis.prompt.forms.data.paths import paths_of
from tamis.prompt.forms.data.xml_form import Xml
from tamis.prompt.forms.data.yaml_form import Yaml
from tamis.prompt.forms.diff import Diff
from tamis.prompt.forms.lines import SourceLines
from tamis.prompt.forms.log import Log
from tamis.prompt.forms.mixed import Mixed
from tamis.prompt.forms.pages.form import Page
from tamis.prompt.forms.prose import Bare, Prose
from tamis.prompt.forms.protocol import Form
from tamis.prompt.forms.search import SearchResults
from tamis.prompt.options import Options, Style


def inside(style: Style, depth: int = 2) -> Form:
    """The form of long texts inside of values: prose, lines, or data again, by what they look like; only deletion.

    depth -- how often data may stand in the strings of data and still be read as such
    """
    forms: dict[str, Form] = {"prose": Prose(style.name, whole=style.whole), "lines": SourceLines(omissions=False)}
    forms |= {"brackets": Brackets(omissions=False), "config": Config(omissions=False)}
    forms |= {"diff": Diff(omissions=False), "search": SearchResults(omissions=False), "log": Log(omissions=False)}
    if depth:
        deeper = inside(style, depth - 1)
        forms |= {"json": Json(deeper), "jsonl": JsonLines(deeper), "csv": Csv(deeper), "xml": Xml(deeper)}
    return Mixed(forms)


FORMS: Mapping[str, Callable[[Options, Style], Form]] = MappingProxyType(
    {
        "prose": lambda options, style: Prose(style.name, style.ellipsis, options.clean, style.whole),
        "bare": lambda options, _style: Bare(options.clean),
        "json": lambda options, style: Json(inside(style), paths_of(options.paths)),
        "jsonl": lambda options, style: JsonLines(inside(style), paths_of(options.paths)),
        "csv": lambda options, style: Csv(inside(style), paths=paths_of(options.paths)),
        "tsv": lambda options, style: Csv(inside(style), "\t", paths_of(options.paths)),
        "diff": lambda options, _style: Diff(options.omissions),
        "search": lambda options, _style: SearchResults(options.omissions),
        "log": lambda options, _style: Log(options.omissions),
        "config": lambda options, _style: Config(options.omissions),
        "lines": lambda options, _style: SourceLines(options.omissions),
        "code": lambda options, _style: Code(omissions=options.omissions),
        "brackets": lambda options, _style: Brackets(omissions=options.omissions),
        "auto": lambda options, style: Mixed({**_others(options, style), "page": FORMS["page"](options, style)}),
        "markdown": lambda options, style: Mixed(_others(options, style), markdown=True),
        "page": lambda options, style: Page(Mixed(_others(options, style), markdown=True), options.omissions),
        "xml": lambda options, style: Xml(inside(style), paths_of(options.paths)),
        "yaml": lambda options, style: Yaml(inside(style), paths_of(options.paths), options.omissions),
    }
)
"""What makes each, of the options of a call and its style."""


LOOKING = frozenset({"auto", "markdown", "page"})
"""Forms that look for others in a text."""


def _others(options: Options, style: Style) -> dict[str, Form]:
    """All forms but those that choose among them."""
    return {name: make(options, style) for name, make in FORMS.items() if name not in LOOKING}


def form_of(options: Options, style: Style) -> Form:
    """The form that the options name, or the caller's own.

    Raises:
        UnknownName: neither a known name nor an object with `parse`, `render` and `check`.
    """
    form = options.form
    if isinstance(form, str) and form in FORMS:
        return FORMS[form](options, style)
    if isinstance(form, str) or not all(callable(getattr(form, name, None)) for name in ("parse", "render", "check")):
        raise unknown("form", form, FORMS)
    return form
