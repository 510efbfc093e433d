"""What an utterance of MiniWoB++ asks for, step by step.

The tasks were chosen before any was played: those whose utterance names each thing to click or type into, in order,
where all of it is to be seen without scrolling, dragging, or looking through pages. The patterns were written from the
utterances; they know how instructions are phrased and nothing of where things are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

TASKS = (
    "button-delay", "click-button", "click-button-sequence", "click-checkboxes", "click-checkboxes-transfer",
    "click-collapsible", "click-collapsible-nodelay", "click-color", "click-dialog", "click-dialog-2", "click-link",
    "click-menu", "click-option", "click-pie", "click-pie-nodelay", "click-shape", "click-tab", "click-test",
    "click-test-2", "click-test-transfer", "click-widget", "email-inbox-delete", "email-inbox-important",
    "enter-password", "enter-text", "enter-text-dynamic", "focus-text", "focus-text-2", "grid-coordinate",
    "login-user", "social-media", "unicode-test",
)  # fmt: skip
_WIDGETS = {"text": "the text field", "textarea": "the text area", "radio": "the radio button"}


@dataclass(frozen=True, slots=True)
class Step:
    """A click on what the instruction names; then, where there is one, a text is typed; or a wait of some seconds.

    Attributes:
        hover: the pointer is moved there instead: menus open so.
    """

    instruction: str = ""
    text: str = ""
    wait: float = 0.0
    hover: bool = False


def steps_of(utterance: str) -> list[Step]:
    """The steps of an utterance; an instruction for the whole where no pattern fits.

    Example: 'Click button ONE, wait 2 seconds, then click button TWO.' -> click, wait, click
    """
    text = " ".join(utterance.split()).rstrip(" .")
    for pattern, steps in _PATTERNS:
        if match := re.fullmatch(pattern, text, re.I):
            return list(steps(match))
    return [_click(text)]


def _click(words: str) -> Step:
    """A click, in words that leave out what the page has no name for."""
    words = re.sub(r"^click (?:on )?button (\S+)$", r'click the "\1" button', words, flags=re.I)
    words = re.sub(r"^click on (tab #\d+)$", r'click the "\1" tab', words, flags=re.I)
    if match := re.fullmatch(r'click on a "(\w+)" widget', words, re.I):
        words = f"click {_WIDGETS.get(match[1].lower(), f'the {match[1]}')}"
    return Step(words)


def _named(name: str, role: str) -> Step:
    return Step(f'the "{name}" {role}')


def _chosen(match: re.Match[str]) -> Iterator[Step]:
    names = [] if match[1].lower() == "nothing" else re.split(r",\s*", match[1])
    yield from (_named(name, "checkbox" if len(names) > 1 else "option") for name in names)
    yield _named("Submit", "button")


def _login(match: re.Match[str]) -> Iterator[Step]:
    yield Step("the username field", match[1])
    yield Step("the password field", match[2])
    yield _named("Login", "button")


def _twice(match: re.Match[str]) -> Iterator[Step]:
    yield Step("the first text field", match[1])
    yield Step("the second text field", match[1])
    yield _named("Submit", "button")


def _written(match: re.Match[str]) -> Iterator[Step]:
    yield Step("the text field", match[1])
    yield _named("Submit", "button")


def _waited(match: re.Match[str]) -> Iterator[Step]:
    yield _click(match[1])
    if match[2]:
        yield Step(wait=float(match[2]))
    yield _click(match[3])


def _mail(match: re.Match[str]) -> Iterator[Step]:
    yield Step(f'click "{match[1]}"')
    yield Step(f"the {match[2]} icon")


def _menu(match: re.Match[str]) -> Iterator[Step]:
    *above, last = (name for name in match.groups() if name)
    yield from (Step(f'click "{name}"', hover=True) for name in above)
    yield Step(f'click "{last}"')


def _dialog(match: re.Match[str]) -> Iterator[Step]:
    yield _named(match[1], "button")


def _section(match: re.Match[str]) -> Iterator[Step]:
    yield Step("the section")
    yield _named("Submit", "button")


def _pie(match: re.Match[str]) -> Iterator[Step]:
    yield _named("+", "button")
    yield Step(f'click "{match[1]}"')


def _post(match: re.Match[str]) -> Iterator[Step]:
    yield Step(f'the {match[2]} icon below "{match[1]}"')


_PATTERNS: tuple[tuple[str, Callable[[re.Match[str]], Iterator[Step]]], ...] = (
    (r"select (.+?) and click submit", _chosen),
    (r"select (\w+)>(\w+)(?:>(\w+))?", _menu),
    (r'enter the username "(.+)" and the password "(.+)" into .*', _login),
    (r'enter the password "(.+)" into both .*', _twice),
    (r'enter "(.+)" into the text field and press submit', _written),
    (r"(click .+?),(?: wait (\d+) seconds?,)? then (click .+)", _waited),
    (r'(?:click|close) .* dialog box (?:labeled|by clicking the) "(.+)"', _dialog),
    (r"expand the section below and click submit", _section),
    (r'expand the pie menu below and click on the item labeled "(.+)"', _pie),
    (r"find the email by (\w+) and click the (\w+) icon .*", _mail),
    (r'for the user (\S+), click on the "(.+)" button', _post),
)
