"""What the elements of HTML mean for a reader: which are blocks, which are silent, which are no content."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import regex

_PARAGRAPHS = """
p h1 h2 h3 h4 h5 h6 ul ol dl table pre blockquote section article main aside nav header footer figure form fieldset
div body hr details summary address title dialog center
"""
_LINES = "br li tr dt dd br caption figcaption option legend td th thead tbody tfoot"
BLOCKS: Mapping[str, int] = MappingProxyType(
    {**dict.fromkeys(_PARAGRAPHS.split(), 2), **dict.fromkeys(_LINES.split(), 1)}
)
"""How many line ends divide an element from what stands around it."""
_VOID = """
area base br col embed hr img input link meta param source track wbr
"""
_SILENT = """
script style noscript template svg math iframe object canvas audio video map select datalist button textarea
"""
VOID, SILENT = frozenset(_VOID.split()), frozenset(_SILENT.split())
MAIN = frozenset({"main", "article"})
ASIDE = frozenset({"nav", "footer", "aside", "header", "form", "menu", "dialog"})
ASIDE_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar", "dialog", "alertdialog"}
)
ASIDE_NAMES = regex.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|sidebar|side-bar|footer|breadcrumbs?|cookies?|consent|banner|masthead|share|sharing"
    r"|social|related|recommend(?:ed|ations)?|promo(?:tion)?|advert(?:isement)?|ads?|sponsor(?:ed)?|subscribe|newsletter"
    r"|signup|popup|modal|overlay|skip(?:-link)?|toolbar|toc|pagination|pager|comments?|disqus|login|editsection"
    r"|navbox|catlinks|jump-to-nav|noprint|printfooter)(?:$|[\s_-])"
)
"""Parts of classes and ids of what is no content."""
