import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.text.pairs import NEAR, _sides, pairs
from tamis.text.relations import Places, Relations, bonds_of
from tamis.text.render import pieces
from tamis.text.structure import structure
from tamis.text.words import words
from tests.text.texts import texts

BUILT = [
    "# Head",
    "## Sub *head*",
    "Title\n=====",
    "- item",
    "- [ ] task",
    "  - inner",
    "1. step",
    "2) step: now",
    "> said",
    "| a | b |",
    "|---|---|",
    "| 1 | two words |",
    "a | b\n--- | ---",
    "```py",
    "```",
    "x = f(1, 2)",
    "---",
    "key: value",
    "Alice: I think that it is not good",
    "Do not:",
    "**Do not:**",
    "[a link](https://a.b/c)",
    "![img](a.png)",
    "[x][y]",
    "[y]: https://a.b",
    "[^1]: note",
    "**bold**",
    "_two words_",
    "~~gone~~",
    "`code`",
    "`a b c d e f g h`",
    "<b>bold</b>",
    "<doc>",
    "</doc>",
    "<br>",
    '"quoted words"',
    "'single'",
    "don't",
    "“curly”",
    "„deutsch“",
    "«fr»",
    "「日本」",
    "(a (b) c)",
    "(",
    ")",
    "[",
    '"',
    "*",
    "**",
    "Traceback (most recent call last):",
    '  File "x.py", line 3',
    "ValueError: bad",
    "$$",
    "2024-03-14 ERROR no",
    "    indented()",
    "plain text here.",
    "",
    "",
]
built = st.lists(st.tuples(st.sampled_from(BUILT), st.sampled_from(["\n", "\n", "\n", " ", "\n\n", ""])), max_size=14)
documents = st.one_of(built.map(lambda rows: "".join(a + b for a, b in rows)), texts)


def rest(units, asked, mask):
    """What stays of a mask: what lost its parent or a unit of its bond goes, until nothing more goes.

    The naive reading of `Structure`, unit by unit. Company is asked of nobody: with it all stay.
    """
    bonds, parents = asked.bonds.tolist(), asked.parents.tolist()
    ranges = list(zip(asked.low.tolist(), asked.high.tolist(), strict=True))
    marks = (units.punct & ~asked.solid).tolist()
    core = [low >= high and not mark for (low, high), mark in zip(ranges, marks, strict=True)]
    stays = [asked or low < high for asked, (low, high) in zip(mask.tolist(), ranges, strict=True)]
    while True:
        gone = {bonds[i] for i in range(len(stays)) if not stays[i]}
        after = [
            stays[i]
            and bonds[i] not in gone
            and (parents[i] < 0 or stays[parents[i]])
            and (ranges[i][0] >= ranges[i][1] or any(stays[j] and core[j] for j in range(*ranges[i])))
            for i in range(len(stays))
        ]
        if after == stays:
            return np.array(stays, np.bool_)
        stays = after


def without(text, *gone):
    """The text without some of its units, and without what falls with them."""
    units = words(text)
    assert set(gone) <= set(units.bodies())
    mask = np.array([body not in gone for body in units.bodies()], np.bool_)
    starts, ends = pieces(units, rest(units, structure(units), mask))
    return "".join(text[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True))


@pytest.mark.parametrize(
    ("text", "gone", "expected"),
    [
        # Pairs go with what is between them.
        ("We met (at noon) there", ["at", "noon"], "We met there"),
        ("We met (at noon) there", ["at"], "We met (noon) there"),
        ('he said "go now" twice', ["go", "now"], "he said twice"),
        ("a (b (c) d) e", ["c"], "a (b d) e"),
        ("a (b (c) d) e", ["b", "c", "d"], "a e"),
        ("er sagte „nein“ und »ja«", ["nein"], "er sagte und »ja«"),
        ("il dit « non » et part", ["non"], "il dit et part"),
        ("彼は「いいえ」と言った", ["いいえ"], "彼はと言った"),
        ("it's the dogs' 'own' bowl", ["own"], "it's the dogs' bowl"),
        ("a) one (two", ["one"], "a) (two"),
        ("call f(a, b) now", ["a"], None),
        # Quantities, dates, versions and commands are whole.
        ("take 500 mg four times a day now", ["mg"], "take four times a day now"),
        ("take 500 mg four times a day now", ["times"], "take 500 mg now"),
        ("on 14 March 2024 we met", ["March"], "on we met"),
        ("am 14. März 2024 um 9 Uhr", ["14"], "am um 9 Uhr"),
        ("use PostgreSQL 16 or macOS 14.5 here", ["16"], "use or macOS 14.5 here"),
        ("£48,000 a year for 3 to 5 years", ["year"], "for 3 to 5 years"),
        ("by version 4 cannot be", ["cannot"], "by version 4 be"),
        ("by version 4 cannot be", ["4"], "by cannot be"),
        ("2001 was 1 of many", ["was"], "2001 1 of many"),
        ("use git rebase --onto main topic to move", ["--onto"], "use to move"),
        ("run find . -name '*.log' -print, then stop", ["-name"], "run, then stop"),
        ("git and docker help; make it go to find me", ["git", "make"], "and docker help; it go to find me"),
        # Emphasis, links, images, code.
        ("some **bold words** here", ["bold", "words"], "some here"),
        ("some **bold words** here", ["bold"], "some **words** here"),
        ("see [the manual](https://a.b/c) here", ["the", "manual"], "see here"),
        ("see [the manual](https://a.b/c) here", ["the"], "see here"),
        ("see [the manual](https://a.b/c) here", ["https://a.b/c"], "see here"),
        ("see ![the picture](a.png) here", ["the"], "see here"),
        ("see [that][ref] here", ["that"], "see here"),
        ("run `rm a b c d e f g` now", ["a"], "run now"),
        ("an <i>old</i> word", ["old"], "an word"),
        # Lists: the sign with its item, inner items with the outer one, items with what announces them.
        ("- one\n- two\n- three", ["two"], "- one\n- three"),
        ("1. one\n2. two", ["one"], "2. two"),
        ("- 1. one\n- 2. two", ["one"], "- 2. two"),
        ("- [ ] a) one\n- [x] b) two", ["one"], "- [x] b) two"),
        ("1. - one\n2. - two", ["one"], "2. - two"),
        ("a. one\nb. two", ["one"], "b. two"),
        ("① 面粉\n② 面包", ["面粉"], "② 面包"),
        ("- Do:\n  - A\n- Do not:\n  - B", ["A"], "- Do not:\n  - B"),
        ("- Do that\n  - A\n- Do this\n  - B", ["this"], "- Do that\n  - A"),
        ("You must not:\n\n- open it\n\nBye now", ["not"], "You must not:\n\n- open it\n\nBye now"),
        ("You must not:\n\n- open it\n- shut it\n\nBye now", ["open", "it"], "You must not:\n\n- shut\n\nBye now"),
        ("You must not:\n\n- open\n- shut\n\nBye now", ["open", "shut"], "Bye now"),
        ("- Do not:\n  - B\n- C", ["B"], "- C"),
        ("1. Run:\n\n   ```\n   make all\n   ```\n2. Stop", ["all"], "2. Stop"),
        ("1. Run:\n\n   ```\n   make all\n   ```\n2. Stop", ["Stop"], "1. Run:\n\n   ```\n   make all\n   ```"),
        ("Ann:\nwe will not do it now ok\n\nBob:\nyes", ["we", "will", "not", "do", "it", "now", "ok"], "Bob:\nyes"),
        ("- [x] done\n- [ ] open", ["done"], "- [ ] open"),
        ("> one\n> two", ["one"], "> two"),
        # Headings stand over something; a short one is whole.
        ("# A\n\nx y\n\n# B\n\nz", ["z"], "# A\n\nx y"),
        ("# A\n\n## B\n\nx\n\n## C\n\nz", ["x"], "# A\n\n## C\n\nz"),
        ("# A of it\n\n## B\n\nx", ["x"], ""),
        ("Title\n=====\n\nx y", ["x"], "Title\n=====\n\ny"),
        # Tables: rows whole, the header with any of them.
        ("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |", ["1"], "| a | b |\n|---|---|\n| 3 | 4 |"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\nend", ["1"], "end"),
        ("The plans:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |", ["1"],
         "The plans:\n\n| a | b |\n|---|---|\n| 3 | 4 |"),
        ("n | v\n--- | ---\nx | 1\ny | 2", ["x"], "n | v\n--- | ---\ny | 2"),
        # Code by lines; its fences with the last of them.
        ("```py\nx = 1\ny = 2\n```", ["x"], "```py\ny = 2\n```"),
        ("```py\n# never twice\nx = 1\ny = 2\n\nz = 3\n```", ["never"], "```py\n\nz = 3\n```"),
        ("Call it:\n```py\n# never twice\nx = 1\n\nz = 3\n```", ["never"], "Call it:\n```py\n\nz = 3\n```"),
        ("```py\nx = 1\n```\nend", ["x"], "end"),
        ("- a\n\n  ```sh\n  make all\n  ```\n- b", ["make"], "- a\n\n- b"),
        # Keys with their value, speakers with what they say.
        ("Dose: 5 mg\nRoute: oral", ["5"], "Route: oral"),
        ("Ann: we do it not this year\nBob: well I think that is it", ["we", "do", "it", "not", "this", "year"],
         "Bob: well I think that is"),
        ("Decision: go on Monday if they sign! Nobody knows it yet, not even Bo.",
         ["go", "on", "Monday", "if", "they", "sign", "!"], "Nobody knows it yet, not even Bo."),
        ("---\ntitle: My page\n---\n\ntext", ["title"], "text"),
        # An error with its exception; the frames need it.
        ('Traceback (most recent call last):\n  File "x.py", line 3\nValueError: bad\nnext', ["bad"], "next"),
        ("09:00 ERROR no such file\nIOError: disk\n09:01 INFO fine", ["disk"], "09:01 INFO fine"),
    ],
)  # fmt: skip
def test_hand_worked(text, gone, expected):
    if expected is None:
        assert structure(words(text)).solid.any()
    else:
        assert without(text, *gone).strip() == expected


README = """\
# pip-thing

A tool that *never* deletes `.env` files.

## Install

1. Get [Python](https://python.org) (3.10 or newer).
2. Run:

   ```sh
   pip install pip-thing
   ```

| flag | what |
|------|------|
| `-n` | dry run |
| `-f` | no questions |
"""


def test_a_readme_without_some_of_its_words():
    expected = README.replace("| `-n` | dry run |\n", "").replace("never", "").replace("**", "").replace("  ", " ", 1)
    expected = expected.replace("1. Get [Python](https://python.org) (3.10 or newer).", "1. Get (newer).")
    assert without(README, "never", "dry", "Python", "3.10", "or").split() == expected.split()


@given(documents)
def test_arrays_are_well_formed(text):
    units = words(text)
    asked = structure(units)
    index = np.arange(len(units))
    assert (asked.bonds[asked.bonds] == asked.bonds).all() if len(units) else True
    assert (asked.parents < len(units)).all()
    assert (asked.parents != index).all()
    own = (asked.low <= index) & (index < asked.high)
    assert not own.any()  # nothing is its own company
    assert not (asked.solid & (asked.low < asked.high)).any()
    above = asked.parents.copy()
    for _ in range(len(units)):
        above = np.where(above >= 0, asked.parents[above], -1)
    assert (above < 0).all()  # needs end somewhere


def test_marks_that_divide_no_sentence():
    units = words("See [it](a.b), or f(a, b) (and go), on 14 March 2024.")
    quiet = structure(units).quiet
    assert [body for body, still in zip(units.bodies(), quiet, strict=True) if still] == [
        "[",
        "]",
        "(",
        ")",
        ",",
        ")",
    ]


@given(documents, st.randoms(use_true_random=False))
def test_pairs_of_brackets_stay_or_go_together(text, random):
    units = words(text)
    mask = np.array([random.random() < 0.6 for _ in range(len(units))], np.bool_)
    left = rest(units, structure(units), mask)
    for i, j in bracket_pairs(units):
        assert left[i] == left[j]


def bracket_pairs(units):
    """Naive: units of round brackets that nothing but letters stands between."""
    bodies = units.bodies()
    for i, body in enumerate(bodies):
        for j in range(i + 1, len(bodies)):
            if body == "(" and bodies[j] == ")" and "\n" not in units.text[units.starts[i] : units.ends[j]]:
                yield i, j
            if not bodies[j].isalpha():
                break


SIGNS = st.text(st.sampled_from('()[]「」"“”«»* ab,\n'), max_size=40)


@given(SIGNS)
def test_pairs_are_those_of_a_quadratic_search(text):
    text = text.replace("](", "] (").replace("][", "] [").replace("**", "*a")
    places = Places(words(text))
    ties = pairs(text, places, frozenset(), []).ties
    wanted = [(places.units(i, i + 1)[0], places.units(j, j + 1)[0]) for i, j in slow_pairs(text)]
    wholes = pairs(text, places, frozenset(), []).wholes
    joined = set(ties) | {(low, high - 1) for low, high in wholes}
    assert joined == {(a, b) for a, b in wanted if a != b}


def slow_pairs(text):
    """For each closing sign look back over all signs that are still open, nearest first, at most NEAR of them."""
    alive = {}  # place -> sign
    closing = {")": "(", "]": "[", "」": "「", "”": "“”", "»": "«»", "«": "»", "“": ""}
    for place, sign in enumerate(text):
        if sign == "\n" and not text[place + 1 :].split("\n")[0].strip():
            alive.clear()
        if sign not in '()[]「」"“”«»*':
            continue
        opens, closes = _sides(sign, text[place - 1 : place] if place else "", text[place + 1 : place + 2])
        nearest = sorted(alive, reverse=True)[:NEAR] if closes else []
        partner = next((at for at in nearest if alive[at] in closing.get(sign, sign)), None)
        if partner is not None:
            yield partner, place
            alive = {at: other for at, other in alive.items() if at < partner}
        elif opens:
            alive[place] = sign


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=30))
def test_bonds_are_connected_components(ties):
    bonds = bonds_of(31, Relations(ties=ties, wholes=[(2, 5), (4, 7)]))
    group = list(range(31))
    for a, b in [*ties, (2, 3), (2, 4), (4, 5), (4, 6)]:
        group = [group[a] if g == group[b] else g for g in group]
    assert all((bonds[i] == bonds[j]) == (group[i] == group[j]) for i in range(31) for j in range(31))


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "(a",
        "[a](",
        "![",
        '"a ',
        "*a ",
        "- a\n",
        "  - a\n",
        "# a\n",
        "a: b\n",
        "|a|\n",
        "<a>",
        "`a ",
        "> a\n",
        "```\n",
        "a:\n- b\n",
        "[a]",
        "Traceback (most recent call last):\n",
        " (",
        "«",
        "123 ",
        "1.1",
        "1 a ",
        "two ",
        "A 1 ",
        "git a ",
        "find -a ",
        "1 to ",
        "$$\n",
        "    a\n",
    ],
)
def test_structure_is_linear(piece):
    units = words(piece * (60_000 // len(piece)))
    assert structure(units).bonds.size == len(units)
