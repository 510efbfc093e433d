"""Talks from elsewhere: hand-made exports of each kind, and what is no export."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidTurn, TamisError, UnknownName, UnreadableInput
from tamis.memory.importers import KINDS, read_talk


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=timezone.utc)


def node(ident, parent, children, role=None, parts=(), **message):
    said = {"id": ident, "author": {"role": role}, "content": {"content_type": "text", "parts": list(parts)}, **message}
    return {"id": ident, "parent": parent, "children": children, "message": said if role else None}


CHATGPT = [
    {
        "title": "Boats",
        "create_time": 1683546960.0,
        "current_node": "e",
        "mapping": {
            "a": node("a", None, ["b"]),
            "b": node("b", "a", ["c"], "system", ["You are helpful."]),
            "c": node("c", "b", ["d", "e"], "user", ["Which sail?"], create_time=1683546960.5),
            "d": node("d", "c", [], "assistant", ["An answer that was thrown away."]),
            "e": node("e", "c", [], "assistant", ["A jib.", {"asset_pointer": "x"}], create_time=1683546970),
        },
    },
    {"title": "Boats", "mapping": {"x": node("x", None, [], "user", [{"asset_pointer": "image"}])}},
]
CLAUDE = [
    {
        "uuid": "u",
        "name": "Trip",
        "chat_messages": [
            {"uuid": "1", "sender": "human", "text": "To Lyon?", "created_at": "2024-02-03T04:05:06.789Z"},
            {"uuid": "2", "sender": "assistant", "text": "", "content": [{"type": "text", "text": "By train."}]},
            {"uuid": "3", "sender": "human", "text": " "},
        ],
    }
]
WHATSAPP = """\
[08/05/2023, 13:56:01] Ann: My sister moved
to Lyon.
[08/05/2023, 13:57:00] Bob B.: \u200eimage omitted
[08/05/2023, 13:58:00] \u200eMessages are end-to-end encrypted.
[13/05/2023, 9:05:00\u202fPM] Ann: Time: nine. Note: late.
"""


def said(parsed):
    return [(turn.speaker, turn.text, turn.session) for turn in parsed.turns]


def written(path, value):
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def test_chatgpt(tmp_path):
    found = read_talk(written(tmp_path / "conversations.json", CHATGPT))
    assert found.kind == "chatgpt"
    assert said(found) == [("user", "Which sail?", "Boats"), ("assistant", "A jib.", "Boats")]
    assert found.turns[1].time == at(2023, 5, 8, 11, 56, 10)
    assert found.left_out == {"system": 1, "media": 1}


def test_an_archive_is_read_like_its_files(tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("user.json", "{}")
        archive.writestr("conversations.json", json.dumps(CHATGPT))
    assert said(read_talk(tmp_path / "export.zip"))[0] == ("user", "Which sail?", "Boats")


def test_claude(tmp_path):
    found = read_talk(written(tmp_path / "c.json", CLAUDE))
    assert said(found) == [("human", "To Lyon?", "Trip"), ("assistant", "By train.", "Trip")]
    assert found.turns[0].time == at(2024, 2, 3, 4, 5, 6).replace(microsecond=789000)
    assert found.left_out == {"empty": 1}


def test_slack(tmp_path):
    written(
        tmp_path / "users.json", [{"id": "U1", "name": "ann", "profile": {"display_name": "", "real_name": "Ann A"}}]
    )
    (tmp_path / "general").mkdir()
    day = [
        {
            "type": "message",
            "user": "U1",
            "text": "<@U1> see <https://x.org|it> &amp; that",
            "ts": "1683546960.0002",
        },
        {"type": "message", "subtype": "channel_join", "user": "U2", "text": "joined", "ts": "1683546961.0"},
        {"type": "message", "user": "U2", "text": "Done.", "ts": "1683546970.0", "thread_ts": "1683546960.0002"},
    ]
    written(tmp_path / "general" / "2023-05-08.json", day)
    found = read_talk(tmp_path)
    assert said(found) == [
        ("Ann A", "@Ann A see it (https://x.org) & that", "#general 2023-05-08"),
        ("U2", "Done.", "#general 2023-05-08 11:56:00 thread"),
    ]
    assert found.left_out == {"system": 1}


def test_whatsapp(tmp_path):
    found = read_talk(written(tmp_path / "Ann.txt", WHATSAPP))
    assert found.kind == "whatsapp"
    assert said(found) == [
        ("Ann", "My sister moved\nto Lyon.", "Ann 2023-05-08"),
        ("Ann", "Time: nine. Note: late.", "Ann 2023-05-13"),
    ]
    assert [turn.time for turn in found.turns] == [at(2023, 5, 8, 13, 56, 1), at(2023, 5, 13, 21, 5)]
    assert found.left_out == {"media": 1, "system": 1}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("12/31/23, 11:59 PM - Ann: x", at(2023, 12, 31, 23, 59)),
        ("1/2/23, 12:05 AM - Ann: x", at(2023, 2, 1, 0, 5)),  # nothing says otherwise: the day comes first
        ("31.12.23, 07:05 - Ann: x", at(2023, 12, 31, 7, 5)),
        ("2023-12-31, 07:05 - Ann: x", at(2023, 12, 31, 7, 5)),
        ("[31/12/2023, 7:05:09 a.m.] Ann: x", at(2023, 12, 31, 7, 5, 9)),
    ],
)
def test_dates_of_whatsapp(tmp_path, line, expected):
    (turn,) = read_talk(written(tmp_path / "chat.txt", line)).turns
    assert (turn.time, turn.speaker, turn.text) == (expected, "Ann", "x")


def test_chat_messages(tmp_path):
    talk = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hello there"},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "content": [{"type": "text", "text": "42"}]},
    ]
    expected = [("user", "Hello there"), ("tool", "42")]
    for value in (
        talk,
        {"messages": talk},
        [{"messages": talk}],
        "\n".join(map(json.dumps, talk)),
        json.dumps({"messages": talk}) + "\n",
    ):
        found = read_talk(written(tmp_path / "t.json", value))
        assert [(s, t) for s, t, _ in said(found)] == expected
        assert found.left_out == {"system": 1, "empty": 1}
    with pytest.raises(InvalidTurn, match="'narrator'"):
        read_talk(written(tmp_path / "t.json", [{"role": "narrator", "content": "x"}]))


def test_json_lines_of_turns(tmp_path):
    lines = '{"text": "a", "speaker": "Ann", "session": "s", "time": 5}\n\n{"text": "b", "id": "7"}\n'
    found = read_talk(written(tmp_path / "turns.jsonl", lines))
    assert [(t.text, t.session, t.id) for t in found.turns] == [("a", "s", found.turns[0].id), ("b", "turns", "7")]


def test_transcripts_and_notes(tmp_path):
    found = read_talk(written(tmp_path / "meeting.txt", "Ann: We start.\nwith a pause\n\nBob: Fine.\nAnn: Good.\n"))
    assert [(s, t) for s, t, _ in said(found)] == [
        ("Ann", "We start.\nwith a pause"),
        ("Bob", "Fine."),
        ("Ann", "Good."),
    ]
    notes = read_talk(
        written(tmp_path / "notes.txt", "One thing.\nStill it.\n\nAnother: thing, with words\nand no names")
    )
    assert [t for _, t, _ in said(notes)] == ["One thing.\nStill it.", "Another: thing, with words\nand no names"]
    assert read_talk("-", text="x y", session="s").turns[0].session == "s"


@pytest.mark.parametrize(
    "text", ["[", '{"mapping": 5}', '[{"mapping": {"a": 5}}]', '[{"chat_messages": 5}]', "[1]", "{}"]
)
def test_what_is_no_talk(tmp_path, text):
    with pytest.raises((UnreadableInput, InvalidTurn)):
        read_talk(written(tmp_path / "x.json", text))


def test_unreadable_places(tmp_path):
    (tmp_path / "latin.txt").write_bytes("Grüße".encode("latin-1"))
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.zip").write_bytes(b"PK\x05\x06" + b"\0" * 18)
    for name in ("latin.txt", "empty", "bad.zip", "missing.txt"):
        with pytest.raises(UnreadableInput):
            read_talk(tmp_path / name)
    with pytest.raises(UnknownName, match="whatsapp"):
        read_talk(tmp_path / "latin.txt", "whatsap")
    with pytest.raises(UnreadableInput, match="no JSON"):
        read_talk("x", "claude", text="hello")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["mapping", "chat_messages", "role", "content", "text", "ts", "messages", "time", "sender"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(VALUES, st.sampled_from(KINDS))
def test_any_json_is_turns_or_a_typed_error(value, kind):
    try:
        found = read_talk("x", kind, text=json.dumps(value))
    except TamisError:
        return
    assert all(turn.text.strip() for turn in found.turns)


@given(st.text(max_size=60), st.sampled_from(KINDS))
def test_any_text_is_turns_or_a_typed_error(text, kind):
    try:
        found = read_talk("x", kind, text=text)
    except TamisError:
        return
    assert all(turn.text.strip() for turn in found.turns)
