"""The forms by name: a new one is a file beside this one, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tamis.errors import unknown
from tamis.prompt.forms.prose import Prose
from tamis.prompt.forms.protocol import Form
from tamis.prompt.options import Options

FORMS: Mapping[str, Callable[[Options], Form]] = MappingProxyType(
    {
        "prose": lambda options: Prose(clean=options.clean),
    }
)
"""What makes each, of the options of a call."""


def form_of(options: Options) -> Form:
    """The form that the options name, or the caller's own.

    Raises:
        UnknownName: neither a known name nor an object with `parse`, `render` and `check`.
    """
    form = options.form
    if isinstance(form, str) and form in FORMS:
        return FORMS[form](options)
    if isinstance(form, str) or not all(callable(getattr(form, name, None)) for name in ("parse", "render", "check")):
        raise unknown("form", form, FORMS)
    return form
