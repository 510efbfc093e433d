"""The shapes of what is one word to a reader although it holds signs: flags, paths, keys, code, markup, formulas.

One regular expression, tried where a unit may begin (`text/words.py` goes through its matches). Every repetition is
bounded, or cannot be entered again once it failed, so the scan is linear in the text.
"""

from __future__ import annotations

import regex

from tamis.text.abbreviations import ALWAYS, BEFORE_NUMBERS, OPENERS_OF_SENTENCES, SOMETIMES
from tamis.text.phrases import UNKNOWN_SCRIPTS

NOSPACE = rf"\p{{Han}}\p{{Hiragana}}\p{{Katakana}}\p{{Thai}}ー々〆ｰﾞﾟ[{UNKNOWN_SCRIPTS}--[\p{{P}}--[་༌]]]"
SPACED = rf"[\w\p{{No}}⁺⁻₊₋--[{NOSPACE}]]"  # letters, digits and their kin in scripts that write spaces
RUN = regex.compile(rf"[{NOSPACE}]+(?:[・·‧]+[{NOSPACE}]+)*", regex.V1)
_BRACKET = r"()\[\]{}<>\"“”«»„‹›‘’'（）「」『』【】《》〈〉〔〕｛｝"  # each a unit by itself
_STRONG = r"“”„«»‹›\"（）「」『』【】《》〈〉〔〕｛｝。、，；：！？"  # no word goes on behind these
_FREE = r"(?<![^\s(\[{\"'“‘«„「『（《【`,;|=])"  # nothing but an opening mark stands before

# What a word may hold between its first and its last character. A "]" before "(" is the middle of a link.
_HTML = r"(?:b|i|u|s|p|a|em|br|hr|tt|del|ins|div|img|pre|sub|sup|code|span|strong|small|keep|t[dhr]|[uod]l|li|h[1-6])\b"
_CHAR = rf"[^\s<'\[\]{_STRONG}{NOSPACE}]"
_STRING = r"(?:\"[^\"\n]{0,80}\"|'[^'\n]{0,80}')"
_HARD = (
    rf"(?<=[=(\[{{]){_STRING}|'|\[[^\s\[\]{NOSPACE}]{{0,60}}\]|\[|\](?![(\[:])"
    rf"|<(?!/|!|{_HTML})"
)
_INNER = rf"{_CHAR}*(?:(?>{_HARD}){_CHAR}*)*"

_SIGILS = "|".join(
    [
        r"--?",
        r"~/\.?|(?:\.\.?/)+\.?|\\\\",  # paths
        r"(?<!\.)\.(?!\.)|[$€£¥@\#~/\\+]|°(?=[CFK]\b)",
        rf"{_FREE}(?::[%!]?/?|[!%&^])",  # :wq, !important, %s, &x, ^C
        rf"{_FREE}(?:\*\*/)?\*\.",  # *.txt
        rf"{_FREE}\*{{1,2}}(?=[a-z_]\w*+(?:[\s,).:;=\"”\]]|$)(?![^*\n]{{0,200}}\*))",  # *args, but no *emphasis*
        rf"(?:{_FREE}(?:[<>=!~]=|[<^~]|===|(?<!^|\n)>)|[≥≤≈±∓−§¶∼])(?=\d)|№",  # >=3.10, ≥5; not >1 (a quotation)
        rf"{_FREE}(?<!^|\n)>{{1,2}}/|{_FREE}['’](?=\d\ds?\b)",  # >/dev/null, '90s
    ]
)
_START = rf"(?:{_SIGILS})?{SPACED}"
_KEY = r"(?i:[CSMAD]-[^\s<>]{1,8}|Esc|CR|Tab|Space|BS|Del|Up|Down|Left|Right|F\d\d?|(?:local)?leader|Enter|Return|Cmd)"
# Groups that a word may begin with: ${x}, {name}, $(pwd), <Esc>, &amp;
_GROUP = (
    rf"\$?\{{{{1,2}}[\w.:\-]{{1,40}}\}}{{1,2}}|\$\([^\s()]{{1,60}}\)|<{_KEY}>|&(?:\#x?[\da-fA-F]{{1,6}}|\w{{2,8}});"
)


def _either(words: frozenset[str]) -> str:
    return "(?i:" + "|".join(map(regex.escape, sorted(words, key=lambda word: (-len(word), word)))) + ")"


# The stop of an abbreviation where it ends no sentence, as `text/sentences.py` sees it: Dr. Lee, No. 5, the U.S. army
_STOP = (
    r"\.(?=[,;:)\]]|[ \t]+\S)(?:"
    rf"(?<=(?<!\w){_either(ALWAYS)}\.)"
    rf"|(?<=(?<!\w){_either(BEFORE_NUMBERS)}\.)(?=[ \t]*[\p{{Ll}}\d,;:)])"
    r"|(?<=(?<!\w)(?:\d{1,3}|\p{Cyrillic}{1,5})\.)(?=[ \t]+\p{Ll})"  # am 3. und 4. Mai, в 1990 г. он
    rf"|(?<=(?<!\w)(?:{_either(SOMETIMES)}|\p{{L}}{{1,3}}(?:\.\p{{L}}{{1,3}})+|(?!I)\p{{Lu}})\.)"
    rf"(?=[ \t]*(?:[\p{{Ll}},;:)\]]|(?!{_either(OPENERS_OF_SENTENCES)}\b)\S)))"
)
# What a word may end with: a letter, a percent sign, C++, C#, main(), deletion(-), 20€, 5'10", an entity, a string.
_END = "|".join(
    [
        rf"[{SPACED}%°/]",
        r"\+{1,2}|\#|\([+\-]?\)|\{\}|\.\*|\^(?!\w)|\$(?<=\^\S{1,60}\$)(?!\w)",
        r"-(?<=\^\d-)|\p{Sc}(?<=[\dA-Z]\p{Sc})(?!\w)|\"(?<=\d'\d{1,2}\")|;(?<=&\#?\w{2,8};)|\\(?<=(?<!\w)[A-Z]:\\)",
        _STOP,
        rf"(?<=[\"'])(?<=[=(\[{{]{_STRING})|(?<=\])(?<=[\w)](?:\[[^\s\[\]]{{0,60}}\]){{1,4}})",
    ]
)
_CORE = rf"(?:{_START}|{_GROUP})(?:{_INNER}(?:{_END}))?"

_ATTRIBUTE = r"[ \t]+[\w:.@\-]{1,40}(?:=(?:\"[^\"<>\n]{0,300}\"|'[^'<>\n]{0,300}'|[^\s\"'<>=]{1,200}))?"
_MODIFIER = r"(?:Ctrl|Control|Cmd|Command|Alt|Option|Shift|Meta|Super|Win|Fn|[⌘⌃⌥⇧])"
# Units as they stand.
_WHOLE = "|".join(
    [
        r"`(?<!``)(?!`)(?=[^`\n]{1,80}`(?!`))[^`\s]*(?:[ \t]+[^`\s]+){0,5}[ \t]*`",  # short inline code
        r"``(?<!```)(?!`)(?:(?!``)[^\n]){1,80}``(?!`)",
        rf"</?[A-Za-z][\w:\-]{{0,30}}(?:{_ATTRIBUTE}){{0,12}}[ \t]*/?>(?<!<{_KEY}>)",  # tags
        r"<[a-z][a-z\d+.\-]{1,12}:[^\s<>]{1,300}>|<[^\s<>@]{1,64}@[^\s<>@]{1,200}>",  # <https://a.b>, <me@x.org>
        r"\$\$(?=\S)[^$\n]{1,200}\$\$|\$(?![\s\d(])[^$\n]{0,100}(?<=[^\s$])\$(?![\w$])",  # formulas
        r"\\\((?:(?!\\\))[^\n]){1,80}\\\)",
        r"\[[^\s\[\]]{1,40}\](?:[+*?]|\{\d{1,4}(?:,\d{0,4})?\}|:\d{1,5}\b)",  # [a-z]+, [::1]:443
        rf"{_FREE}:(?:[a-z]{{1,4}}!|[a-z][\w+\-]{{1,30}}:(?!\w)|:\d\b)",  # :q!, :smile:, ::1
        r"(?<!\S)(?:[:;=][\-'o]?[)(DPpOo3/\\|*]|<3|\^_?\^)(?!\w)|¯\\_\(ツ\)_/¯",  # emoticons
        r"(?<![^\s(\"“`])(?:[\-=]>|[=!<>:]=|<->?|<=>|&&|\|\||::|~/(?!\.\w))(?![^\s.,;:!?)\"”`])",  # operators
        r"(?<=\S[ \t])[*=<>&+.%~^/\\@×÷∗→←↔⇒](?=[ \t]\S)",  # 15 3 * * 1-5, a < b, find . -name
        rf"{_FREE}/[^\s/]{{1,60}}/[a-z]{{1,4}}(?!\w)",  # /regex/i
        r"\.{2,}/(?!\w)",
        r"\([+\-±?!*]{1,3}\)",  # (+), (-), (?)
        r"[CM]-[^\s]{1,3}(?:[ ](?:[CM]-[^\s,.;)]{1,3}|[a-z\d](?![\w'])))+",  # C-x C-s
        rf"{_MODIFIER}(?:\+(?:\w{{1,10}}|[^\w\s])|-\w{{1,10}})+",  # Ctrl+C
        r"(?<![\w.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\w])",  # 80 000
    ]
)
_URLS = rf"(?:https?|ftp|file)://[^\s<>\"(){NOSPACE}]*(?:\([^\s()<>\"]{{0,60}}\)[^\s<>\"(){NOSPACE}]*){{0,4}}(?<=[\w/=&\#)$+~])"
# Most words are letters and no more; to see that at once makes the scan several times as fast.
_PLAIN = (
    r"[A-Za-zÀ-ÖØ-öø-ʯΆ-ώЀ-ӿא-תء-ي가-힣][A-Za-zÀ-ÖØ-öø-ʯΆ-ώЀ-ӿא-תء-ي가-힣\u0300-\u036F'’]*+"
    r"(?<=\w)(?=[,;:?!)]{0,2}(?:\s|$)|(?<=\w{7})\.(?:\s|$))"
)
UNIT = regex.compile(
    rf"(?P<plain>{_PLAIN})|(?P<url>{_URLS})"
    rf"|(?P<whole>(?=[^\w\s]|\d|[A-Z])(?:{_WHOLE}))"
    rf"|(?P<core>{_CORE})(?P<tail>[)\]}}>]*)"
    rf"|(?P<nospace>[{NOSPACE}]+(?:[・·‧]+[{NOSPACE}]+)*)"
    rf"|(?P<punct>[{_BRACKET}]|`+|\*+|~+|(?:(?!{_START}|&\#?\w)[^\w\s`*~{_BRACKET}])+|[^\s])",
    regex.V1,
)
