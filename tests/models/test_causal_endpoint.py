"""The backend of servers against a real one on this machine, in all its dialects and with all that goes wrong."""

from __future__ import annotations

import math
import sys
import time
from email.utils import formatdate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.errors import InvalidInput, MissingExtra, NoLogprobs, RemoteError
from tamis.models.causal import SURPRISAL, close_causal, load_causal, score_by_reading
from tamis.models.causal.completions import FIRST, Reply
from tamis.models.causal.endpoint import open_endpoint
from tamis.models.causal.spelling import byte_ends, character_offsets
from tests.models.completions_server import NAMES, Server
from tests.models.conftest import LINES
from tests.models.tiny_lms import SCRIPTS

pytest.importorskip("httpx")

TEXT = "The committee met on  Tuesday,\n東京 😀 naïve."
WORDS = "The committee met on Tuesday."


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr("tamis.io.http.PAUSE", 0.01)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@pytest.fixture
def server():
    with Server() as made:
        yield made


def expected(server, text):
    """What the oracle says about the server's own tokens of the text, None for the very first without a beginning."""
    values = server.log_probabilities(server.tokens(text))
    return values[1:] if server.begin is not None else values


def checked(server, text, found):
    """Tokens and surprisals are those of the oracle."""
    tokens, at, spans = server.tokens(text), 0, []
    for token in tokens:
        spans.append((at, at + len(token)))
        at += len(token)
    assert len(found) == len(tokens)
    for (start, end), (first, last) in zip(spans, found.offsets.tolist(), strict=True):
        said = text.encode()[start:end].decode(errors="ignore").strip()
        assert said in text[first:last]
        assert not text[first:last][:1].isspace()
    np.testing.assert_allclose(found.values[SURPRISAL], [-value for value in expected(server, text)], atol=1e-9)


@pytest.mark.parametrize("form", ["echo", "content", "prompt"])
@pytest.mark.parametrize("text", [TEXT, WORDS, "a", " \n", LINES[3] + "\n"])
def test_every_dialect_says_the_same(form, text):
    with Server(form=form) as server:
        checked(server, text, open_endpoint(server.address).surprisals([text])[0])


@pytest.mark.parametrize("names", ["openai", "sentencepiece", "byte-level"])
def test_parts_of_characters_by_name(names):
    with Server(names=names, split=True) as server:
        model = open_endpoint(server.address)
        checked(server, TEXT, model.surprisals([TEXT])[0])
        emoji = [tuple(span) for span in model.cut([TEXT])[0].offsets.tolist()].count((34, 35))
        assert TEXT[34:35] == "😀"
        assert emoji == 4
        reading = score_by_reading(model, TEXT).values[SURPRISAL]
        np.testing.assert_allclose(reading, model.surprisals([TEXT])[0].values[SURPRISAL], atol=1e-9)


def test_parts_of_characters_that_have_no_name_count_as_one_token():
    with Server(split=True) as server:
        found = open_endpoint(server.address).surprisals([TEXT])[0]
        assert (34, 35) in [tuple(span) for span in found.offsets.tolist()]
        assert found.values[SURPRISAL].sum() == pytest.approx(-sum(expected(server, TEXT)))
        assert len(found) < len(server.tokens(TEXT))


def test_blanks_that_the_server_merges():
    def change(answer):
        said = answer["choices"][0]["logprobs"]
        keep = [i for i, token in enumerate(said["tokens"]) if token != " "]
        said |= {key: [said[key][i] for i in keep] for key in ("tokens", "token_logprobs")} | {"text_offset": None}
        said["tokens"][1] = "▁" + said["tokens"][1]
        return answer

    with Server(change=change) as server:
        found = open_endpoint(server.address).surprisals(["The  big\nbudget "])[0]
    # blanks belong to the token behind them and are not shown; those at the end belong to the last
    assert found.offsets.tolist() == [[0, 3], [5, 8], [9, 16]]


def test_the_servers_own_offsets_where_only_case_differs():
    def change(answer):
        said = answer["choices"][0]["logprobs"]
        said["tokens"] = [token.lower() for token in said["tokens"][1:]]
        said["token_logprobs"] = [None, *said["token_logprobs"][2:]]
        said["text_offset"] = [start - 3 for start in said["text_offset"][1:]]
        return answer

    with Server(change=change) as server:
        found = open_endpoint(server.address).surprisals([WORDS])[0]
        assert [WORDS[s:e] for s, e in found.offsets.tolist()] == ["The", "committee", "met", "on", "Tuesday", "."]
        assert found.values[SURPRISAL][1] == pytest.approx(-expected(server, WORDS)[1])


def test_without_a_beginning_the_first_token_is_a_guess():
    with Server(begin=None) as server:
        alone, told = open_endpoint(server.address).surprisals([WORDS] * 2, given=["", "Yes. "])
        assert alone.values[SURPRISAL][0] == pytest.approx(FIRST)
        assert told.values[SURPRISAL][0] == pytest.approx(-expected(server, "Yes. " + WORDS)[2] * 3 / 4)  # " The"
    with Server(begin=None, form="prompt") as server:
        found = open_endpoint(server.address).surprisals([WORDS])[0]
        assert found.values[SURPRISAL][:1] == pytest.approx([FIRST])
        assert len(found) == len(server.tokens(WORDS))


def test_tokens_that_merge_over_the_border_are_shared_by_their_bytes(server):
    before, text = "The commit", "tee met."
    model = open_endpoint(server.address)
    found = model.surprisals([text], given=[before])[0]
    whole = [-value for value in expected(server, before + text)]  # The| committee| met|.
    assert [text[s:e] for s, e in found.offsets.tolist()] == ["tee", "met", "."]
    np.testing.assert_allclose(found.values[SURPRISAL], [whole[1] * 3 / 10, whole[2], whole[3]])
    np.testing.assert_allclose(score_by_reading(model, text, before).values[SURPRISAL], found.values[SURPRISAL])


def test_kept_tokens_are_read_as_text(server):
    model = open_endpoint(server.address)
    ids = model.cut([WORDS])[0].ids
    scores, context = model.read(model.start(), ids[[0, 2, 4]])  # "The met Tuesday"
    np.testing.assert_allclose(scores, [-value for value in expected(server, "The met Tuesday")])
    assert context.length == 3
    after, _ = model.read(context, ids[5:])
    np.testing.assert_allclose(after, [-expected(server, "The met Tuesday.")[3]])


def test_bytes_that_make_no_character_are_left_out():
    with Server(names="openai", split=True) as server:
        model = open_endpoint(server.address)
        ids = model.cut(["a😀!"])[0].ids
        scores, context = model.read(model.start(), ids[[0, 1, 2, 5]])
        assert scores[1:3].tolist() == [0, 0]
        np.testing.assert_allclose(scores[[0, 3]], [-value for value in expected(server, "a!")])
        np.testing.assert_allclose(model.read(context, ids[:1])[0], [-expected(server, "a!a")[2]])
        part, half = model.read(model.start(), ids[:3])
        assert part.tolist()[1:] == [0, 0]
        rest, _ = model.read(half, ids[3:])  # the character is whole again
        assert rest[-1] == pytest.approx(-expected(server, "a😀!")[5])


def test_many_texts_at_a_time_and_each_once(server):
    texts = [f"{line} {n}" for n, line in enumerate(LINES * 2)]
    model = open_endpoint(server.address, workers=4)
    found = model.surprisals(texts)
    for text, scores in zip(texts, found, strict=True):
        checked(server, text, scores)
    assert 1 < server.busiest <= 4
    assert len(server.asked) == len(texts)
    model.cut(texts)
    model.surprisals(texts, given=[""] * len(texts))
    assert len(server.asked) == len(texts)
    assert model.surprisals([]) == []


def test_what_is_asked(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    model = open_endpoint(server.address)
    model.cut(["a"])
    open_endpoint(server.address.removesuffix("#tiny"), key="sk-other").cut(["b"])
    (first, second), (mine, other) = server.asked, server.headers
    wanted = {"echo": True, "logprobs": 1, "max_tokens": 1, "temperature": 0}
    assert first == {**wanted, "prompt": "a", "model": "tiny"}
    assert second == {**wanted, "prompt": "b"}
    assert (mine["Authorization"], other["Authorization"]) == ("Bearer sk-secret", "Bearer sk-other")
    assert "sk-" not in repr(model)


def test_lone_surrogates_are_sent_as_what_they_are_shown_as(server):
    found = open_endpoint(server.address).surprisals(["a\ud800b"])[0]
    assert server.asked[0]["prompt"] == "a\ufffdb"
    assert found.offsets.max() == 3


@pytest.mark.parametrize(
    "script",
    [
        [(429, {"retry-after": "0"})],
        [(503, {"retry-after": formatdate(usegmt=True)}), 500],
        ["cut off", 502],
        ["slow"],
    ],
)
def test_what_passes_is_tried_again(server, script):
    server.script = [*script]
    model = open_endpoint(server.address, timeout=0.2)
    checked(server, WORDS, model.surprisals([WORDS])[0])
    assert len(server.asked) == len(script) + 1


def test_the_server_says_how_long_to_wait(server):
    server.script = [(429, {"retry-after": "1"})]
    begun = time.monotonic()
    open_endpoint(server.address).cut(["a"])
    assert time.monotonic() - begun >= 1
    server.script = [(429, {"retry-after": "3600"})]
    with pytest.raises(RemoteError, match=r"429.*wait 3600 seconds"):
        open_endpoint(server.address).cut(["b"])


@pytest.mark.parametrize(
    ("script", "message"), [([500] * 9, "status 500 after 3 tries"), (["cut off"] * 9, "does not answer")]
)
def test_what_does_not_pass_is_an_error_after_some_tries(server, script, message):
    server.script = [*script]
    with pytest.raises(RemoteError, match=message):
        open_endpoint(server.address, tries=3).cut(["a"])
    assert len(server.asked) == 3


def test_a_server_that_is_too_slow(server):
    server.script = ["slow"] * 2
    with pytest.raises(RemoteError, match="does not answer: timed out"):
        open_endpoint(server.address, timeout=0.1, tries=2).cut(["a"])


def test_nobody_there():
    with Server() as server:
        address = server.address
    with pytest.raises(RemoteError, match="does not answer"):
        open_endpoint(address, tries=2).cut(["a"])


@pytest.mark.parametrize("status", [401, 403, 404])
def test_refusals_are_not_tried_again(server, status):
    server.script = [status]
    with pytest.raises(RemoteError, match=f"status {status}") as caught:
        open_endpoint(server.address).cut(["a"])
    assert caught.value.status == status
    assert len(server.asked) == 1


def test_a_dialect_that_is_not_understood_is_tried_once():
    with Server(form="prompt") as server:
        server.script = [400]
        model = open_endpoint(server.address)
        model.cut(["a", "b", "c"])
        assert ["echo" in asked for asked in server.asked] == [True, False, False, False]
        server.script = [400]  # now it is the text that the server does not like
        with pytest.raises(RemoteError, match="status 400"):
            model.cut(["d" * 99])


@pytest.mark.parametrize("form", ["generated", "none"])
def test_no_log_probabilities_of_the_prompt(form):
    with Server(form=form) as server:
        with pytest.raises(NoLogprobs, match=r"no log-probabilities of the prompt.*prompt_logprobs"):
            open_endpoint(server.address).cut([WORDS])
        assert len(server.asked) == 2


def said(**changes):
    def change(answer):
        answer["choices"][0]["logprobs"] |= changes
        return answer

    return change


BAD = {
    "no JSON": (lambda _: b'{"choices": [', "no JSON"),
    "a list": (lambda _: b"[]", "no JSON object"),
    "no choices": (lambda _: {"error": "overloaded"}, "unknown form"),
    "empty choices": (lambda _: {"choices": []}, "unknown form"),
    "choice": (lambda _: {"choices": ["text"]}, "unknown form"),
    "lengths": (said(tokens=["The"]), "1 tokens but 8 log-probabilities"),
    "numbers as tokens": (said(tokens=[1] * 8), "token 1 is no string"),
    "words as numbers": (said(token_logprobs=["x"] * 8), "log-probability 'x' is no number"),
    "NaN": (said(token_logprobs=[None, -1, math.nan, -1, -1, -1, -1, -1]), "answers nan as a log-probability"),
    "infinite": (said(token_logprobs=[None, -math.inf, -1, -1, -1, -1, -1, -1]), "answers -inf as"),
    "null inside": (said(token_logprobs=[None, -1, None, -1, -1, -1, -1, -1]), "answers None as"),
    "positive": (said(token_logprobs=[None, -1, 2.5, -1, -1, -1, -1, -1]), "answers 2.5 as"),
    "another text": (said(tokens=list("abcdefgh")), r"do not make up the text.*a\|b\|c"),
    "cut short": (
        said(tokens=["<s>", "The", " x"], token_logprobs=[None, -1, -1], text_offset=[0, 3, 6]),
        "do not make up the text",
    ),
    "offsets": (said(tokens=list("abcdefgh"), text_offset=[0, 9, 3, 1, 5, 8, 9, 99]), "do not make up the text"),
    "bytes": (lambda _: {"choices": [{"logprobs": {"content": [{"bytes": [999], "logprob": -1}]}}]}, "unknown form"),
}


@pytest.mark.parametrize("kind", BAD)
def test_malformed_answers(kind):
    change, message = BAD[kind]
    with Server(change=change) as server, pytest.raises(RemoteError, match=message) as caught:
        open_endpoint(server.address).cut([WORDS])
    assert server.address in str(caught.value) or "/v1/completions" in str(caught.value)


@pytest.mark.parametrize("address", ["ftp://a/v1", "http://", "http:///v1#m", "http://a/v1?x=1", "http://[::1/v1"])
def test_no_address(address):
    with pytest.raises(InvalidInput, match="no address"):
        open_endpoint(address)


def test_keys_stay_secret():
    with pytest.raises(InvalidInput, match="holds a name") as caught:
        open_endpoint("https://me:sk-secret@host/v1")
    with pytest.raises(InvalidInput, match="no header can") as other:
        open_endpoint("https://host/v1", key="sk-secret\n")
    assert "sk-secret" not in str(caught.value) + str(other.value)


def test_ids_of_another_model(server):
    model = open_endpoint(server.address)
    with pytest.raises(InvalidInput, match="0 is no token"):
        model.read(model.start(), np.array([0]))
    with pytest.raises(InvalidInput, match="1 texts but 2 conditions"):
        model.surprisals(["a"], given=["b", "c"])


def test_by_name(server):
    model = load_causal(server.address)
    assert load_causal(server.address) is model
    checked(server, WORDS, model.surprisals([WORDS])[0])
    close_causal()


def test_without_httpx(server, monkeypatch):
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(MissingExtra, match=r"tamis\[remote\]"):
        open_endpoint(server.address).cut(["a"])


def partitions(text):
    """Random cuts of a text into byte strings."""
    size = len(text.encode())
    return st.sets(st.integers(1, max(1, size - 1))).map(
        lambda cuts: [text.encode()[a:b] for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), size], strict=True)]
    )


@settings(max_examples=150)
@given(data=st.data(), text=st.text(st.sampled_from("ab é東😀.\n Ġ▁<"), min_size=2, max_size=20))
def test_any_bytes_are_found_by_name_and_nearly_by_text(data, text):
    tokens = [token for token in data.draw(partitions(text)) if token]
    ends = np.cumsum([len(token) for token in tokens])
    assert byte_ends([NAMES["byte-level"](token) for token in tokens], text).tolist() == ends.tolist()
    assert byte_ends(tokens, text).tolist() == ends.tolist()
    nameless = byte_ends([token.decode(errors="replace") for token in tokens], text)
    assert nameless is not None
    assert nameless[-1] == len(text.encode())
    whole = [end for end, token in zip(ends, tokens, strict=True) if "\ufffd" not in token.decode(errors="replace")]
    assert (np.diff(nameless) >= 0).all()
    assert set(whole) <= set(nameless.tolist()) or text.count("東") + text.count("😀") + text.count("é") > 1


def test_offsets_of_bytes():
    assert character_offsets(np.array([1, 2, 4]), "aé!").tolist() == [[0, 1], [1, 2], [1, 3]]
    assert character_offsets(np.zeros(0, np.int64), "").shape == (0, 2)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.data())
def test_shares_add_up(sizes, data):
    ends = np.cumsum(sizes)
    scores = np.array(data.draw(st.lists(st.floats(0, 20), min_size=len(sizes), max_size=len(sizes))))
    other = np.array(sorted({*data.draw(st.sets(st.integers(1, int(ends[-1])))), int(ends[-1])}))
    reply = Reply(ends, scores)
    per_byte = np.repeat(scores / sizes, sizes)  # the definition
    expected = [per_byte[a:b].sum() for a, b in zip([0, *other[:-1]], other, strict=True)]
    np.testing.assert_allclose(reply.over(other), expected, atol=1e-9)
    np.testing.assert_allclose(reply.over(ends), scores, atol=1e-9)


def test_scripts_of_the_world(server):
    checked(server, SCRIPTS.replace("\ud800", "\ufffd"), open_endpoint(server.address).surprisals([SCRIPTS])[0])
