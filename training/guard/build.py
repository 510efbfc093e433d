"""Texts to learn from and texts to measure with: wrappers x wants x places, and ordinary ones."""

from __future__ import annotations

import base64
import codecs
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from zlib import crc32

from tamis.guard.training import GuardExample
from tamis.io.rows import read_jsonl
from training.guard import harmless, wrappers
from training.guard.sources import LEARN, MEASURE, THEME, THRESHOLD, corpus, packages, pages, prompts
from training.guard.sources import part as part_of

Span = tuple[int, int, str]
REQUESTS = {LEARN: {"clinc150": 500, "hwu64": 200}, THRESHOLD: {"liu": 120}, MEASURE: {"banking77": 300}}
SLOT = re.compile(r"\[INSERT PROMPT HERE\]|\{\{? ?prompt ?\}?\}", re.I)
LONGEST = 300  # words
_JUNK = (
    *"!@#$%^&*()[]{}=+-|<>",
    "describing",
    "similarlyNow",
    "oppositeley",
    "revert",
    "Sure",
    "==",
    "INST",
)


def crop(text: str, chance: random.Random, low: int = 12, high: int = LONGEST) -> str:
    """A stretch of the text: some lines or sentences of it."""
    starts = [0, *(match.end() for match in re.finditer(r"\n+|(?<=[.!?。]) +", text))]
    first = chance.choice(starts) if chance.random() < 0.7 else 0
    size = int(low * (high / low) ** chance.random())
    match = re.compile(rf"(?:\S+\s*){{1,{size}}}").match(text[first : first + 12 * size])
    return match[0].strip() if match else text[:200].strip()


def wrapped(template: str, want: str, chance: random.Random) -> tuple[str, list[Span]]:
    """A template with what is wanted in it, and the spans of both."""
    template = template.replace("{name}", chance.choice(wrappers.NAMES)).replace(
        "{code}", chance.choice(("base64", "ROT13", "hex", "reversed"))
    )
    template = template.replace("{{", "{").replace("}}", "}") if "{}" in template else template
    before, _, behind = template.partition("{}")
    if before.rstrip().endswith((".", ":", "!", "]", ">", "?")) or not before:
        want = want[:1].upper() + want[1:]
    spans = [(0, len(before), "wrapper"), (len(before), len(before) + len(want), "intent")]
    text = before + want + behind
    spans.append((len(before) + len(want), len(text), "wrapper"))
    return text, [span for span in spans if text[span[0] : span[1]].strip()]


def planted(document: str, attack: tuple[str, list[Span]], chance: random.Random) -> tuple[str, tuple[Span, ...]]:
    """A document with an attack between two of its lines or sentences."""
    breaks = [match.end() for match in re.finditer(r"\n+|(?<=[.!?]) +", document)] or [len(document)]
    place = chance.choice([0, len(document), *(chance.choice(breaks) for _ in range(3))])
    text, spans = attack
    before, behind = document[:place], document[place:]
    joint = chance.choice(("\n", "\n\n", " ")) if before else ""
    low = len(before) + len(joint)
    return before + joint + text + chance.choice(("\n", " ")) + behind, tuple(
        (a + low, b + low, kind) for a, b, kind in spans
    )


def hidden(attack: tuple[str, list[Span]], chance: random.Random) -> tuple[str, list[Span]]:
    """The attack in a place where no human reader looks, or as it is."""
    template = chance.choice(wrappers.HIDDEN).replace("{{", "{").replace("}}", "}") if chance.random() < 0.7 else "{}"
    before, _, behind = template.partition("{}")
    text, spans = attack
    return before + text + behind, [(a + len(before), b + len(before), kind) for a, b, kind in spans]


def encoded(want: str, chance: random.Random) -> str:
    """What is wanted, in some code."""
    return chance.choice(
        (
            base64.b64encode(want.encode()).decode(),
            codecs.encode(want, "rot13"),
            want.encode().hex(),
            want[::-1],
        )
    )


def styled(text: str, chance: random.Random) -> str:
    """The same length in another case, now and then."""
    draw = chance.random()
    other = text.upper() if draw < 0.08 else text.lower() if draw < 0.2 else text
    return other if len(other) == len(text) else text


LANGUAGES = ("de", "en", "es", "fr", "ja", "pt", "ru", "zh")
Text = tuple[str, str, str]  # source, where, text


def ordinary(data: Path, part: str, chance: random.Random, each: int) -> Iterator[Text]:
    """Ordinary texts of a part."""
    for row in prompts(data, "benign"):
        if part_of(row["text"]) == part:
            where = "user" if row["source"] in ("awesome-chatgpt-prompts", "self-instruct-seeds") else "any"
            yield row["source"], where, row["text"] if len(row["text"]) < 2000 else crop(row["text"], chance, 60, 400)
    yield from languages(data, part, chance)
    for source, text in corpus(data, part, each=each):
        yield source, "any", crop(text, chance)
        yield source, "any", crop(text, chance)
    for row in read_jsonl(data / "structure" / "configurations.jsonl.zst"):
        if part_of(row["text"]) == part and chance.random() < 0.4:
            yield "configurations", "any", crop(row["text"], chance)
    for name, most in REQUESTS[part].items():
        rows = [row["text"] for row in read_jsonl(data / "intents" / f"{name}.jsonl.zst")]
        for text in chance.sample(rows, most):
            yield name, "any", text


def code(part: str, chance: random.Random, each: int = 120) -> Iterator[Text]:
    """Stretches of code of the packages of a part, short ones and long ones."""
    for source, text in packages(part, each=each):
        if len(text) > 200:
            yield source, "any", crop(text, chance)
            yield source, "any", crop(text, chance, 100, 1000)


def languages(data: Path, part: str, chance: random.Random) -> Iterator[Text]:
    """Texts of a part in eight languages."""
    for code in LANGUAGES:
        for row in read_jsonl(data / "meaning" / f"{code}.jsonl.zst"):
            if part_of(row["text"]) == part:
                yield f"meaning {code}", "any", crop(row["text"], chance, 12, 200)


def questions(data: Path, chance: random.Random) -> Iterator[Text]:
    """Short questions and requests to learn from."""
    for row in list(read_jsonl(data / "qa" / "qamr.jsonl.zst"))[:300]:
        yield "qamr", "any", row["qas"][0]["question"]
    for text in chance.sample(harmful(data)[1], 400):  # a bare request is no attack: whoever answers sees what it is
        yield "hh-rlhf", "user", text


def by_hand(more: Path | None, chance: random.Random) -> Iterator[Text]:
    """Harmless texts about security to learn from."""
    for _ in range(3):
        for text in harmless.LEARN:
            yield "harmless", "any", styled(text, chance)
    for _ in range(2 if more is not None else 0):
        for name, text in pages(more or Path(), "cheat/cheatsheets/*.md"):
            yield f"cheatsheet {name}", "any", crop(text, chance, 12, 200)


def mixtures(documents: Sequence[str], chance: random.Random) -> Iterator[GuardExample]:
    """Harmless sentences in documents of others, and documents behind a request: that something is odd is no attack."""
    short = [text for text in (*harmless.LEARN, *documents) if len(text) < 160]
    for _ in range(400):
        text, _ = planted(chance.choice(documents), (chance.choice(short), []), chance)
        yield GuardExample(text, attack=False)
    asks = (
        "Summarise this:",
        "What does this mean?",
        "Translate into German:",
        "Fix the spelling, please.",
        "Explain this to me.",
        "Is this correct?",
        "Extract all dates from the text.",
        "Rewrite it in a friendly tone:",
        "tl;dr?",
        "Write a reply to this mail:",
    )
    for _ in range(300):
        document, ask = chance.choice(documents), chance.choice(asks)
        yield GuardExample(
            f"{ask}\n\n{document}" if chance.random() < 0.6 else f"{document}\n\n{ask}", attack=False, where="user"
        )


def harmful(data: Path) -> tuple[list[str], list[str]]:
    """Requests that would be refused, and requests of the same people of which many are harmless."""
    rows = list(read_jsonl(data / "guard" / "harmful_requests.jsonl.zst"))
    clear = [row["text"] for row in rows if "harmbench" in row["source"].lower()]
    return clear, [row["text"] for row in rows if "rlhf" in row["source"].lower() and len(row["text"]) < 300]


def turns(data: Path, chance: random.Random) -> Iterator[GuardExample]:
    """Attacks in turns of users."""
    clear, mixed = harmful(data)

    def want() -> str:
        return chance.choice(clear if chance.random() < 0.6 else mixed)

    for row in prompts(data, "jailbreak"):
        if row["source"] != "GPTFuzz":
            yield _in_the_wild(row["text"], want(), chance)
    families = (*wrappers.PERSONA * 2, *wrappers.RESEARCH * 2, *wrappers.SUPPRESS, *wrappers.ENCODE)
    for _ in range(1300):
        template = chance.choice(families)
        text, spans = wrapped(template, encoded(want(), chance) if template in wrappers.ENCODE else want(), chance)
        if chance.random() < 0.25:
            text, spans = _joined(text, spans, wrapped(chance.choice(wrappers.SUPPRESS), "", chance)[0].strip())
        yield GuardExample(styled(text, chance), attack=True, where="user", spans=tuple(spans))
    for _ in range(800):
        goal = chance.choice(wrappers.WANTED) if chance.random() < 0.7 else want()
        text, spans = wrapped(chance.choice((*wrappers.OVERRIDE * 2, *wrappers.AUTHORITY)), goal, chance)
        yield GuardExample(styled(text, chance), attack=True, spans=tuple(spans))
    for _ in range(120):
        suffix = " ".join(chance.choice(_JUNK) for _ in range(chance.randint(10, 24)))
        text = chance.choice(clear)
        whole, parts = _joined(text, [(0, len(text), "intent")], suffix)
        yield GuardExample(whole, attack=True, where="user", spans=tuple(parts))
    for _ in range(150):
        text, spans = foreign(chance.choice(list(wrappers.FOREIGN)), chance)
        yield GuardExample(text, attack=True, spans=tuple(spans))


def foreign(code: str, chance: random.Random) -> tuple[str, list[Span]]:
    """An attack in another language."""
    return wrapped(chance.choice(wrappers.FOREIGN[code]), chance.choice(wrappers.FOREIGN_WANTED[code]), chance)


def _joined(text: str, spans: list[Span], tail: str) -> tuple[str, list[Span]]:
    return f"{text} {tail}", [*spans, (len(text) + 1, len(text) + 1 + len(tail), "wrapper")]


def _in_the_wild(text: str, want: str, chance: random.Random) -> GuardExample:
    """A collected prompt: its slot is filled, or it ends with a request now and then; long ones lose their middle."""
    words = text.split(" ")
    if len(words) > LONGEST:
        text = " ".join(words[: LONGEST // 2]) + "\n" + " ".join(words[-LONGEST // 3 :])
    match = SLOT.search(text)
    if match is None:
        return GuardExample(text, attack=True, where="user")
    low, high = match.span()
    whole = text[:low] + want + text[high:]
    spans = ((0, low, "wrapper"), (low, low + len(want), "intent"), (low + len(want), len(whole), "wrapper"))
    return GuardExample(whole, attack=True, where="user", spans=tuple(s for s in spans if whole[s[0] : s[1]].strip()))


def results(data: Path, documents: Sequence[tuple[str, str]], chance: random.Random) -> Iterator[GuardExample]:
    """Attacks in data from elsewhere. Those without any wording of attacks are about the answer that is to be given."""
    rows = [
        row for row in read_jsonl(data / "guard" / "injection_goals.jsonl.zst") if row["source"].startswith("BIPIA")
    ]
    about_answers = [row["text"] for row in rows if row["source"] == "BIPIA-text"]
    goals = [row["text"] for row in rows]
    strong = (*wrappers.OVERRIDE, *wrappers.AUTHORITY, *wrappers.PLANTED)
    english = [text for source, text in documents if not source.startswith("meaning") or source == "meaning en"]
    for number in range(2400):
        bare = number % 6 == 0
        goal = chance.choice(about_answers if bare else wrappers.WANTED if chance.random() < 0.5 else goals)
        attack = wrapped("{}" if bare else chance.choice(strong), goal, chance)
        text, spans = planted(chance.choice(english), hidden(attack, chance), chance)
        yield GuardExample(text, attack=True, where="tool" if bare else "any", spans=spans)
    for _ in range(300):
        code = chance.choice([code for code in wrappers.FOREIGN if code in LANGUAGES])
        own = [text for source, text in documents if source == f"meaning {code}"]
        text, spans = planted(chance.choice(own), hidden(foreign(code, chance), chance), chance)
        yield GuardExample(text, attack=True, spans=spans)


def lessons(data: Path, more: Path | None) -> tuple[list[GuardExample], list[GuardExample]]:
    """Texts to learn from, and texts for thresholds: ordinary ones of other sources, and other attacks of these."""
    chance = [random.Random(seed) for seed in range(8)]
    rows = [*ordinary(data, LEARN, chance[0], 40), *questions(data, chance[1]), *by_hand(more, chance[2])]
    rows = [row for row in (*rows, *themed(data, LEARN, chance[2], 40)) if row[2].strip()]
    documents = [(source, text) for source, where, text in rows if where == "any" and 40 < len(text) < 1600]
    attacks = [*turns(data, chance[3]), *results(data, documents, chance[4])]
    examples = [GuardExample(text, attack=False, where=where) for _, where, text in rows]
    examples += [*mixtures([text for _, text in documents], chance[5]), *(one for one in attacks if not _reserved(one))]
    genres = [styled(text, chance[7]) for text in harmless.GENRES for _ in range(4)]
    examples += [GuardExample(text, attack=False) for text in genres]
    other = [row for row in ordinary(data, THRESHOLD, chance[6], 60) if row[2].strip()]
    examples += [GuardExample(text, attack=False, where=where) for _, where, text in other if _is_chat(text)]
    other = [*(row for row in other if not _is_chat(row[2])), *code(THRESHOLD, random.Random(8))]
    held = [GuardExample(text, attack=False, where=where) for _, where, text in other]
    return examples, [*held, *(one for one in attacks if _reserved(one))]


def _is_chat(text: str) -> bool:
    """A dialogue with a "System:", which looks like a wrapper of attacks: such ones teach, of whatever part."""
    return "User:" in text and "System:" in text


def themed(data: Path, part: str, chance: random.Random, each: int) -> Iterator[Text]:
    """Stretches of a part of the corpus about security, or with words of attacks; `each` of a source."""
    counts: dict[str, int] = {}
    for source, text in corpus(data, part, each=400):
        match = THEME.search(text)
        if match and counts.get(source, 0) < each:
            counts[source] = counts.get(source, 0) + 1
            low = max(0, match.start() - 200)
            yield source, "any", crop(text[low : low + 1500], chance)


def _reserved(one: GuardExample) -> bool:
    return crc32(one.text.encode("utf-8", "replace")) % 10 == 0
