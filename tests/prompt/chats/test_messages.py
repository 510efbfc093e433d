"""The laws of shortened chats, over three dialects: append-only, nothing but texts is touched, the limit holds."""

from __future__ import annotations

import copy
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.errors import BudgetTooSmall, InvalidBudget, InvalidInput, StoreUnavailable, UnknownName
from tamis.prompt.chats import Policy
from tamis.prompt.chats.note import attached
from tamis.prompt.chats.question import form_by_call
from tamis.prompt.chats.repeats import rebuilt, reference
from tamis.prompt.recovery import open_originals
from tamis.text.messages import ToolCall, slots, with_texts
from tests.prompt.chats.making import DIALECTS, body, chat_of, script

FAST = {"tokenizer": "words", "method": "truncate", "on_risk": None, "policy": Policy(floor=0)}


def short(chat, **more):
    return tamis.compress_messages(chat, **{**FAST, **more})


def skeleton(chat):
    """A chat without its texts."""
    return [with_texts(m, dict.fromkeys((s.path for s in slots(m, i)), "")) for i, m in enumerate(chat)]


def texts(chat):
    return [slot for i, message in enumerate(chat) for slot in slots(message, i)]


def holds_law(chat, sizes=None, **settings):
    """Check the law for the beginnings of a chat, all of them or those of some sizes; how many cuts there were."""
    before = short(chat[:0], **settings)
    for size in sizes or range(1, len(chat) + 1):
        result = short(chat[:size], **settings)
        assert result.cuts[: len(before.cuts)] == before.cuts
        last = len(before.messages)
        if result.cuts == before.cuts:
            assert result.messages[:last] == before.messages
        else:
            assert all(last <= cut < size for cut in result.cuts[len(before.cuts) :])
        if settings.get("limit"):
            assert result.tokens <= settings["limit"]
        before = result
    return len(before.cuts)


def some_sizes(chat, count=45):
    return sorted({*random.Random(0).sample(range(1, len(chat)), count), len(chat) - 1, len(chat)})


# append-only


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_longer_chat_begins_with_the_shorter_one(dialect):
    chat = chat_of(script(seed=1, turns=200), dialect)
    assert holds_law(chat, some_sizes(chat)) == 0


@pytest.mark.parametrize("dialect", DIALECTS)
def test_with_a_limit_it_does_but_at_the_cuts_which_are_rare(dialect):
    chat = chat_of(script(seed=2, turns=200), dialect)
    whole = short(chat)
    limit = whole.tokens // 3
    assert 1 <= holds_law(chat, some_sizes(chat), limit=limit) <= 12


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), dialect=st.sampled_from(DIALECTS), limit=st.none() | st.integers(900, 4_000))
def test_the_law_on_random_chats(seed, dialect, limit):
    holds_law(chat_of(script(seed, turns=14), dialect), limit=limit, store=open_originals(":memory:"))


@pytest.mark.parametrize("seed", range(4))
def test_the_law_with_questions_and_the_guard(seed):
    steps = list(script(seed + 50, turns=25))
    mixed = [m for i, s in enumerate(steps) for m in chat_of([s], DIALECTS[i % 3])]
    holds_law(mixed, method="bm25-sentences", on_risk="keep")


def test_the_law_with_the_embedded_model():
    chat = chat_of(script(seed=3, turns=4), "anthropic")
    holds_law(chat, method="auto", tokenizer="o200k_base", on_risk="keep")


def test_going_on_from_an_earlier_turn_gives_the_same():
    chat = chat_of(script(seed=4, turns=30), "chat")
    step = short(chat[:7])
    for size in (8, 20, len(chat)):
        step = short(chat[:size], after=step)
        assert step == short(chat[:size])


def test_what_was_decided_stands_whatever_has_changed():
    chat = chat_of(script(seed=5, turns=10), "chat")
    first = short(chat[:12])
    later = short(chat, after=first, rate=0.9)
    assert later.messages[:12] == first.messages
    with pytest.raises(InvalidInput, match="does not begin"):
        short([*chat[1:]], after=first)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_was_shortened_is_not_shortened_again(dialect):
    chat = chat_of(script(seed=6, turns=40), dialect)
    store = open_originals(":memory:")
    first = short(chat, store=store)
    again = short(first.messages, store=store)
    assert again.messages == first.messages
    assert "it is shortened already" in {decision.reason for decision in again.decisions}


# nothing but texts


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), dialect=st.sampled_from(DIALECTS))
def test_only_texts_change_and_the_input_does_not(seed, dialect):
    chat = chat_of(script(seed, turns=12), dialect)
    original = copy.deepcopy(chat)
    result = short(chat)
    assert chat == original
    assert skeleton(result.messages) == skeleton(chat)
    for old, new in zip(texts(chat), texts(result.messages), strict=True):
        if old.role != "tool" or old.error:
            assert new.text == old.text
    result.messages[0]["role"] = "changed"
    result.messages.append(None)
    assert chat == original


def test_every_decision_is_said_and_counted():
    chat = chat_of(script(seed=7, turns=40), "chat")
    result = short(chat)
    slots_there = texts(result.messages)
    assert [(d.message, d.path) for d in result.decisions] == [(s.message, s.path) for s in slots_there]
    for decision, slot, old in zip(result.decisions, slots_there, texts(chat), strict=True):
        assert decision.tokens == len(slot.text.split())
        assert (decision.action == "kept") == (slot.text == old.text)
        assert decision.reason
    assert {d.action for d in result.decisions} == {"kept", "shortened", "referred"}
    assert result.tokens < result.original_tokens
    assert result.saved == result.original_tokens - result.tokens
    assert json.loads(json.dumps(result.to_dict()))["tokens"] == result.tokens


# questions


def test_a_result_is_shortened_by_what_was_asked_when_it_came():
    chat = [
        {"role": "user", "content": "Which part is the ripe one?"},
        *chat_of([("say", "I look."), ("call", "c", "read", {"path": "a.py"}, body("a.py"), False, False)], "chat"),
        {"role": "user", "content": "And something else?"},
    ]
    (decision,) = [d for d in short(chat).decisions if d.action == "shortened"]
    assert decision.question == "Which part is the ripe one?\nI look.\nread a.py"
    (decision,) = [d for d in short(chat, question="mine").decisions if d.action == "shortened"]
    assert decision.question == "mine"


def test_the_question_decides_what_stays():
    text = "".join(f"Row {i} is about nothing much, and there is little to say of it.\n\n" for i in range(60))
    text = text.replace("Row 41 is about nothing much", "Row 41 says that the zebra of the harbour was painted green")
    chat = [
        {"role": "user", "content": "Who painted the zebra?"},
        {"role": "tool", "tool_call_id": "x", "content": text},
    ]
    assert "zebra" in short(chat, method="bm25-sentences").messages[1]["content"]


@pytest.mark.parametrize(
    ("name", "arguments", "text", "form"),
    [
        ("bash", {"command": "cd app && git diff HEAD"}, "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", "diff"),
        ("bash", {"command": "pytest -q"}, "....F\n1 failed\n", "log"),
        ("Grep", {"pattern": "x"}, "a.py:1:x = 1\nb.py:2:x = 2\n", "search"),
        ("bash", {"command": "git diff"}, "fatal: not a git repository\n", ""),
        ("search_code", {}, json.dumps([{"file": f"f{i}.py", "line": i} for i in range(20)], indent=1), ""),
        ("read", {"path": "x"}, "text", ""),
        ("bash", {"command": ["ls"]}, "text", ""),
    ],
)
def test_a_call_tells_the_form_of_its_result(name, arguments, text, form):
    assert form_by_call(text, ToolCall("c", name, json.dumps(arguments), 0)) == form
    assert form_by_call(text, None) == ""


# repeats


def read(ident, text, name="a.py"):
    return chat_of([("call", ident, "read", {"path": name}, text, False, False)], "chat")


def test_a_second_reading_is_whole_and_a_third_refers_to_it():
    chat = [*read("c1", body("a.py")), *read("c2", body("a.py")), *read("c3", body("a.py"))]
    result = short(chat)
    assert [d.action for d in result.decisions] == ["shortened", "kept", "referred"]
    assert result.messages[5]["content"] == '[The same text as the result of read {"path": "a.py"} above (c2).]'


def test_changed_lines_are_spelled_out_and_give_the_text_back():
    chat = [*read("c1", body("a.py")), *read("c2", body("a.py")), *read("c3", body("a.py", version=2))]
    result = short(chat)
    remark = result.messages[5]["content"]
    assert "a.py was changed here by step 1." in remark
    assert rebuilt(body("a.py"), remark) == body("a.py", version=2)


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "@@ x @@\n", "\n", "é\r\n"]), max_size=14)


@given(old=LINES, edits=st.lists(st.tuples(st.integers(0, 13), st.sampled_from(["", "x\n", "y\nz\n"])), max_size=4))
@pytest.mark.parametrize("end", ["", "tail"])
def test_any_reference_gives_the_text_back(old, edits, end):
    base = [f"line {i} {line}" for i, line in enumerate(old)]
    new = list(base)
    for at, line in edits:
        if at < len(new):
            new[at] = line
    earlier, text = "".join(base) + end, "".join(new) + end
    remark = reference(earlier, text, None, "c1")
    if remark is not None:
        assert rebuilt(earlier, remark) == text


def test_a_reference_never_points_to_what_is_cut_or_shortened():
    chat = [{"role": "user", "content": "go"}]
    for turn in range(60):
        chat += read(f"c{turn}", body(f"f{turn % 3}.py"), f"f{turn % 3}.py")
        result = short(chat, limit=1_500)
        by_call = {m["tool_call_id"]: m["content"] for m in result.messages if m["role"] == "tool"}
        for content in by_call.values():
            if content.startswith("[The same"):
                target = content.rpartition("(")[2].partition(")")[0]
                assert by_call[target] in [body(f"f{i}.py") for i in range(3)]


def test_repeats_may_be_switched_off():
    chat = [*read("c1", body("a.py")), *read("c2", body("a.py")), *read("c3", body("a.py"))]
    result = short(chat, policy=Policy(repeats=False, floor=0))
    assert [d.action for d in result.decisions] == ["shortened", "kept", "kept"]


# originals


def test_what_a_note_points_to_is_there_and_has_these_lines(tmp_path):
    chat = chat_of(script(seed=8, turns=30), "chat")
    with_store = short(chat, store=tmp_path / "texts.db", limit=3_000)
    store = open_originals(tmp_path / "texts.db", read_only=True)
    shortened = [d for d in with_store.decisions if d.action in ("shortened", "cut")]
    assert {d.action for d in shortened} == {"shortened", "cut"}
    for decision in shortened:
        text = dict(enumerate(slot.text for slot in texts(chat)))[with_store.decisions.index(decision)]
        assert store.get(decision.id) == text
        new = texts(with_store.messages)[with_store.decisions.index(decision)].text
        assert decision.id in new
        if "--lines" in new:
            lines = new.rpartition("--lines ")[2].rstrip("]")
            missing = set(text.splitlines()) - set(new.splitlines())
            assert missing == set(store.get(decision.id, lines=lines).splitlines())


class FullStore:
    """A store that cannot be written to."""

    def file(self, text, besides=frozenset()):
        raise StoreUnavailable("The disk is full.")

    def pointer(self, ident, lines=""):
        return f"restore {ident} {lines}"


def test_what_cannot_be_kept_is_not_shortened():
    chat = chat_of(script(seed=9, turns=10), "chat")
    result = short(chat, store=FullStore(), policy=Policy(repeats=False, floor=0))
    assert result.messages == chat
    assert "The disk is full." in result.warnings[0]
    assert any("could not be kept" in d.reason for d in result.decisions)


def test_a_full_store_that_makes_room_says_so(tmp_path):
    store = open_originals(tmp_path / "texts.db", cap=700)
    short(read("c1", body("old.py", lines=90)), store=store)
    result = short(read("c2", body("new.py", lines=90)), store=store)
    assert "made room" in result.warnings[0]


def test_notes_without_a_store_say_which_lines():
    (_, tool) = short(read("c1", body("a.py"))).messages
    assert tool["content"].endswith("of 40 lines shortened or left out: lines 12-40]")


@pytest.mark.parametrize(
    ("kind", "language", "text", "longer"),
    [
        ("json", "", '{"a": 1}\n', '{"a": 1, "…": "[… x]"}\n'),
        ("json", "", "[]", '["[… x]"]'),
        ("jsonl", "", "{}\n[1]\n", '{}\n[1]\n"[… x]"\n'),
        ("csv", "", "a,b,c\n1,2,3", 'a,b,c\n1,2,3\n"[… x]",,'),
        ("xml", "", "<a/>\n", "<a/>\n<?tamis [… x] ?>"),
        ("code", "python", "x = 1", "x = 1\n# [… x]"),
        ("code", "rust", "x;\n", "x;\n// [… x]"),
        ("prose", "", "{not json}", "{not json}\n[… x]"),
        ("log", "", "a", "a\n[… x]"),
    ],
)
def test_a_note_fits_its_text(kind, language, text, longer):
    assert attached(text, "[… x]", kind, language) == longer


def test_json_stays_json():
    rows = json.dumps([{"name": f"row {i}", "value": i} for i in range(300)])
    result = short(read("c1", rows), method="random", options=tamis.Options(form="json"))
    value = json.loads(result.messages[1]["content"])
    assert "lines" in str(value) or "shortened" in str(value)
    assert result.decisions[0].action == "shortened"


def test_a_diff_without_a_hunk_is_not_handed_out():
    lines = "".join(f"-old line {i} of the file\n+new line {i} of the file\n" for i in range(40))
    diff = f"diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1,40 +1,40 @@ def x():\n{lines}"
    result = tamis.compress_messages(read("c1", diff), policy=Policy(floor=0), rate=0.15, method="truncate")
    content = result.messages[1]["content"]
    assert content == diff or "\n-old" in content or "\n+new" in content


# policies, limits


def test_long_texts_of_users_keep_their_ends():
    text = "Please summarise this report.\n\n" + body("report", lines=200) + "\n\nWhat does it say of part 3?"
    result = short([{"role": "user", "content": text}], policy=Policy(user=500, floor=0))
    content = result.messages[0]["content"]
    assert content.startswith("Please summarise this report.\n\n")
    assert "What does it say of part 3?" in content
    assert result.decisions[0].action == "shortened"
    assert short([{"role": "user", "content": text}]).messages == [{"role": "user", "content": text}]


def test_roles_that_may_be_shortened():
    chat = [{"role": r, "content": body("x", lines=60)} for r in ("system", "developer", "assistant", "user")]
    assert short(chat).messages == chat
    result = short(chat, policy=Policy(system=10, assistant=10, user=10, floor=0))
    assert {d.action for d in result.decisions} == {"shortened"}


def test_errors_of_tools_stay_whole():
    chat = chat_of([("call", "c", "read", {}, body("x"), True, False)], "anthropic")
    assert short(chat).messages == chat
    assert short(chat, policy=Policy(errors=True, floor=0)).messages != chat


def test_a_limit_that_cannot_be_held_is_an_error():
    chat = [{"role": "user", "content": "word " * 500}]
    with pytest.raises(BudgetTooSmall, match=r"500 tokens .* limit is 100"):
        short(chat, limit=100)


def test_one_result_never_takes_the_whole_limit():
    chat = [{"role": "user", "content": "go"}, *read("c1", body("a.py", lines=500))]
    result = short(chat, rate=1.0, limit=1_000)
    assert result.cuts == ()
    assert result.decisions[-1].tokens <= 250


@pytest.mark.parametrize("floor", [0, 300, 1_000, 100_000])
def test_a_chat_keeps_what_a_cache_begins_with(floor):
    chat = chat_of(script(seed=11, turns=15), "chat")
    for size in range(len(chat) + 1):
        result = short(chat[:size], policy=Policy(floor=floor))
        assert result.tokens >= min(floor, result.original_tokens)
    assert holds_law(chat, policy=Policy(floor=floor)) == 0


def test_tokens_in_place_of_a_rate():
    result = short(read("c1", body("a.py", lines=200)), tokens=120)
    assert 60 <= result.decisions[-1].tokens <= 120


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 1.0])
def test_a_text_never_exceeds_its_rate(rate):
    for decision in short(chat_of(script(seed=10, turns=20), "chat"), rate=rate).decisions:
        if decision.action == "shortened":
            assert decision.tokens <= rate * decision.original_tokens


# bad input


ODD = [
    None,
    5,
    "text",
    [],
    {},
    {"role": "narrator", "content": "x " * 400},
    {"role": None},
    {"role": ["user"], "content": "x"},
    {"role": "tool", "content": None},
    {"role": "tool", "content": {"a": 1}},
    {"role": "tool", "tool_call_id": 7, "content": body("orphan")},
    {"role": "user", "content": []},
    {"role": "user", "content": [None, 5, [], {"type": "text"}, {"type": "text", "text": None}, {"type": "video"}]},
    {
        "role": "user",
        "content": [{"type": "tool_result"}, {"type": "tool_result", "tool_use_id": None, "content": [[]]}],
    },
    {"role": "user", "content": [{"type": "tool_result", "content": [{"type": "text", "text": body("nested")}]}]},
    {"role": "assistant", "tool_calls": [{"id": "b", "function": {"name": "f", "arguments": '{"broken'}}, None, 3]},
    {"role": "assistant", "tool_calls": "none", "function_call": {"name": None, "arguments": 5}},
    {"role": "assistant", "content": [{"type": "tool_use", "id": 5, "input": float("nan")}, {"type": "tool_use"}]},
    {"type": "function_call_output", "output": None},
    {"type": "function_call_output", "output": body("output"), "call_id": None},
    {"type": "function_call", "arguments": None, "call_id": []},
    {"type": 5},
    {"role": "tool", "tool_call_id": "b", "content": "\ud800" + body("half") + "\0"},
    {"role": "tool", "content": "<keep>" + body("tags") + "</keep>"},
    {1: 2, "role": "user", "content": "keys"},
    {"role": "user", "content": "x", "extra": {"deep": object()}},
]


@settings(max_examples=150)
@given(chat=st.lists(st.sampled_from(ODD), max_size=12), limit=st.none() | st.just(5_000))
def test_no_message_breaks_it(chat, limit):
    result = short(chat, limit=limit)
    assert len(result.messages) == len(chat)
    assert skeleton(result.messages) == skeleton(chat)


def test_unknown_shapes_are_said():
    chat = [{"role": "narrator", "content": "x " * 400}, {"role": "user", "content": "hi"}, 7]
    result = short(chat)
    assert result.messages == chat
    assert result.warnings == ("Messages of a shape that is not known stay as they are: 0, 2.",)


def test_deep_and_huge_messages():
    deep = [{"type": "text", "text": "x"}]
    for _ in range(300):
        deep = [{"type": "tool_result", "content": deep}]
    assert short([{"role": "user", "content": deep}]).messages
    huge = "one line without an end " * 5_000
    result = short([{"role": "tool", "content": huge}])
    assert result.decisions[0].tokens <= 0.3 * result.decisions[0].original_tokens


class Thing:
    """An object as clients return it."""

    def __init__(self, **members):
        vars(self).update(members)

    @property
    def broken(self):
        raise RuntimeError


def test_objects_of_clients_are_read_and_left_alone():
    call = Thing(id="c1", type="function", function=Thing(name="read", arguments='{"path": "a.py"}'))
    message = Thing(role="assistant", content=None, tool_calls=[call])
    chat = [{"role": "user", "content": "hm"}, message, {"role": "tool", "tool_call_id": "c1", "content": body("a.py")}]
    result = short(chat)
    assert result.messages[1] is message
    assert result.decisions[-1].question == "hm\nread a.py"
    assert result.warnings == ()


def test_settings_that_cannot_be_used():
    for chat in ("text", {"role": "user"}, None, 5, b"x", {1, 2}):
        with pytest.raises(InvalidInput, match="list of messages"):
            short(chat)
    for wrong in (
        {"rate": 2},
        {"rate": 0.5, "tokens": 5},
        {"tokens": -1},
        {"limit": 0},
        {"limit": 1.5},
        {"tokens": True},
    ):
        with pytest.raises(InvalidBudget):
            short([], **wrong)
    for wrong in ({"on_risk": "stop"}, {"method": "nope"}, {"tokenizer": "nope"}, {"style": "nope"}):
        with pytest.raises(UnknownName):
            short([], **wrong)
    for wrong in ({"policy": 5}, {"policy": Policy(tool=-1)}, {"policy": Policy(floor=-1)}, {"question": 5}):
        with pytest.raises(InvalidInput):
            short([], **wrong)
    assert short([]).messages == []
    assert short([]).rate == 1.0


def test_seeded_fuzz_of_mixed_dialects_and_odd_messages():
    for seed in range(12):
        rng = random.Random(seed)
        chat = [m for s in script(seed, turns=15) for m in chat_of([s], rng.choice(DIALECTS))]
        for _ in range(5):
            chat.insert(rng.randrange(len(chat)), rng.choice(ODD))
        holds_law(chat, limit=rng.choice((None, 2_500)))
