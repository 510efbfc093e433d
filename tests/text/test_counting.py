import json
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rs_bpe.bpe import openai

from tamis.errors import InvalidInput, ModelCorrupt, ModelNotFound, UnknownName
from tamis.text.counting import COUNTERS, MODELS, coder, counter
from tests.text.texts import texts

EXACT = ["o200k_base", "cl100k_base"]


def save_tokenizer(folder):
    """A word-level tokenizer of four words that pads to 9, cuts at 2 and adds [CLS]: none of which may be counted."""
    vocabulary = {"[UNK]": 0, "[CLS]": 1, "[PAD]": 2, "hello": 3, "world": 4}
    special = [
        {"id": i, "content": c, "special": True, "single_word": False, "normalized": False, "lstrip": False,
         "rstrip": False}
        for c, i in vocabulary.items()
        if c.startswith("[")
    ]  # fmt: skip
    cls = {"SpecialToken": {"id": "[CLS]", "type_id": 0}}
    template = {
        "type": "TemplateProcessing",
        "single": [cls, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [cls, {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
        "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]}},
    }
    pad = {
        "strategy": {"Fixed": 9}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 2, "pad_type_id": 0,
        "pad_token": "[PAD]",
    }  # fmt: skip
    tokenizer = {
        "version": "1.0",
        "truncation": {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 0},
        "padding": pad,
        "added_tokens": special,
        "normalizer": None,
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": template,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    return folder / "tokenizer.json"


@pytest.mark.parametrize(
    ("text", "o200k", "cl100k"),
    [
        ("", 0, 0),
        ("hello world", 2, 2),
        ("Hello, world!", 4, 4),
        ("1234567", 3, 3),  # digits in threes
        ("<|endoftext|>", 7, 7),  # ordinary text, not the special token
        ("a" * 1000, 125, 125),
        (" " * 79 + "x", 2, 2),  # one token for 79 blanks but the last, which goes with the x
        ("a\x00b", 3, 3),
    ],
)
def test_hand_known_counts(text, o200k, cl100k):
    assert (counter("o200k_base")(text), counter("cl100k_base")(text)) == (o200k, cl100k)


SPACES = st.lists(
    st.sampled_from([" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\x85", "\x0b", "/", ".", "a", "\x1c"]), max_size=12
)


@pytest.mark.parametrize("name", EXACT)
@given(text=st.one_of(texts, SPACES.map("".join)))
def test_equals_an_independent_implementation(name, text):
    """`rs-bpe` shares with us neither the engine, the cutting patterns nor the vocabulary file."""
    text = text.encode("utf-8", "ignore").decode()
    tokens = getattr(openai, name)().encode(text)
    assert coder(name).encode_ordinary(text) == tokens
    assert counter(name)(text) == len(tokens)


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("run", [" ", "\n", "\t ", " \n", "\r\n", "a", "=", "我"])
@pytest.mark.parametrize("end", ["", "a", "\n", " b"])
def test_long_runs_are_counted_exactly(name, run, end):
    text = "x " + run * 120_000 + end
    assert counter(name)(text) == getattr(openai, name)().count(text)


@pytest.mark.parametrize("name", sorted(COUNTERS))
@given(text=st.text(st.characters(codec=None), max_size=60))
def test_never_fails_and_a_lone_surrogate_counts_as_its_replacement(name, text):
    replaced = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    assert counter(name)(text) == counter(name)(replaced) >= 0


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("piece", ["a", " ", "\n", "=", "-", "9", "中", "😀", "\u0301", "\x00", "aB", " \n", "'s"])
def test_long_runs_finish(name, piece):
    text = piece * (300_000 // len(piece))
    assert 0 < counter(name)(text) <= len(text.encode())


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("gpt-4o", "o200k_base"), ("gpt-4o-mini-2024-07-18", "o200k_base"), ("gpt-5.1", "o200k_base"),
        ("o3-mini", "o200k_base"),
        ("openai/gpt-4.1-nano", "o200k_base"), ("ft:gpt-4o:acme::x", "o200k_base"), ("gpt-oss-20b", "o200k_base"),
        ("gpt-4", "cl100k_base"), ("gpt-4-0613", "cl100k_base"), ("gpt-3.5-turbo", "cl100k_base"),
        ("text-embedding-3-small", "cl100k_base"),
    ],
)  # fmt: skip
def test_models_map_to_their_vocabulary(model, name):
    assert counter(model).name == name
    assert counter(model).exact


@pytest.mark.parametrize("name", ["gpt-40", "o1x", "o200k", "", "nonsense", "gpt-2", "\x00"])
def test_unknown_names_list_the_known(name):
    with pytest.raises(UnknownName, match="o200k_base"):
        counter(name)


def test_every_model_name_leads_to_a_counter():
    assert set(MODELS.values()) <= set(COUNTERS)


def test_words_and_characters_are_not_tokens():
    assert counter("words")("Hello,  wide\nworld") == 3
    assert counter("words")("你好 world") == 3  # 你, 好, world
    assert counter("words")("ภาษา") == 4
    assert counter("chars")("héllo") == 5
    assert not counter("words").exact
    assert not counter("chars").exact


def test_a_file_and_its_folder_count_without_padding_truncation_or_special_tokens(tmp_path):
    file = save_tokenizer(tmp_path)
    for place in (file, tmp_path, str(file), str(tmp_path)):
        assert counter(place)("hello world hello, you") == 5
        assert counter(place)("") == 0
    assert counter(file)("hello \ud800") == 2
    assert counter(file).exact
    assert counter(file).name == str(file)


def test_a_changed_file_is_read_again(tmp_path):
    file = save_tokenizer(tmp_path)
    assert counter(file) == counter(file)
    file.write_text(file.read_text().replace('"Whitespace"', '"WhitespaceSplit"') + " ")
    assert counter(file)("hello, you") == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"model": 3}', b"\xff\xfe\x00"])
def test_a_file_that_is_no_tokenizer(tmp_path, content):
    file = tmp_path / "tokenizer.json"
    file.write_bytes(content)
    with pytest.raises(ModelCorrupt, match="cut short"):
        counter(file)


def test_a_truncated_file(tmp_path):
    file = save_tokenizer(tmp_path)
    file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(ModelCorrupt, match="cut short"):
        counter(tmp_path)


def test_missing_files(tmp_path):
    with pytest.raises(ModelNotFound, match="nowhere"):
        counter(tmp_path / "nowhere" / "tokenizer.json")
    with pytest.raises(ModelNotFound):
        counter("models/gone")
    with pytest.raises(ModelNotFound):
        counter(Path("gone.json"))
    with pytest.raises(ModelCorrupt, match=r"holds no tokenizer\.json"):
        counter(tmp_path)


def test_functions():
    def halves(text):
        return len(text) // 2

    assert counter(halves)("12345678") == 4
    assert counter(halves).name == "halves"
    assert counter(counter(halves)).name == "halves"


@pytest.mark.parametrize("value", [-1, 1.5, None, "3", [1, 2]])
def test_functions_must_return_a_number_of_tokens(value):
    with pytest.raises(InvalidInput, match="number of tokens"):
        counter(lambda _: value)("text")


def test_neither_name_nor_path_nor_function():
    with pytest.raises(InvalidInput, match="lambda text"):
        counter(3.5)


def test_first_use_from_many_threads():
    from tamis.text.counting import _load

    _load.cache_clear()
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(counter("o200k_base")("hello world"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [2] * 8
