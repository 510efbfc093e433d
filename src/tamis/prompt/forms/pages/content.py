"""Which characters of a page are its content: what the page calls so, less what is there to get about or to sell.

Lines that are mostly links count as content only where the page has little else: a page of search results is links.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import regex

from tamis.core import Bools
from tamis.prompt.forms.pages.reader import PageText

MAIN_SHARE = 0.25  # of the words outside of navigation, from which on the main part is the whole content
NAMED = 0.3  # of all words, up to which an element is believed to be a menu because its class says so
LINKED = 0.6  # of a paragraph, from which on it is a list of links
LINKS_SHARE = 0.5  # of the content that lists of links may be before they are content themselves
LEAST = 0.1  # of all words that content must be; else all of them are
_PARAGRAPHS = regex.compile(r"\n\n+")


def aside(page: PageText) -> Bools:
    """(characters,) of what is no content; none where hardly anything would be left."""
    seen = np.array([not character.isspace() for character in page.view.text], np.bool_)
    outside: Bools = page.aside.copy()
    for first, last in page.named:
        if seen[first:last].sum() <= NAMED * seen.sum():
            outside[first:last] = True
    free = seen & ~outside
    if (free & page.main).sum() >= MAIN_SHARE * max(free.sum(), 1):
        outside |= ~page.main
        outside[: page.title] = False
    lists = _lists_of_links(page, seen & ~outside)
    if (lists & seen & ~outside).sum() < LINKS_SHARE * max((seen & ~outside).sum(), 1):
        outside |= lists
    if (seen & ~outside).sum() < LEAST * max(seen.sum(), 1):
        return np.zeros(seen.size, np.bool_)
    return outside


def _lists_of_links(page: PageText, content: Bools) -> Bools:
    """(characters,) of paragraphs that are mostly links, several of them."""
    lists = np.zeros(content.size, np.bool_)
    edges = [0, *(match.end() for match in _PARAGRAPHS.finditer(page.view.text)), content.size]
    for first, last in pairwise(edges):
        own = content[first:last]
        if own.sum() and page.linked[first:last][own].mean() >= LINKED and page.view.text.count("\n", first, last) > 3:
            lists[first:last] = True
    return lists
