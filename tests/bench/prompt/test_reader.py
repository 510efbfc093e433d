"""The reader beside transformers itself on a tiny model, and on a model of plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from tamis.bench.prompt.answers import exact, overlap
from tamis.bench.prompt.reader import CHAT, LocalReader, Reading, RemoteReader, first_line, open_reader
from tamis.errors import InvalidInput, MissingExtra, RemoteError, UnknownName
from tests.models.tiny_lms import byte_level, config, saved

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

TEMPLATE = "{% for m in messages %}<s>{{ m['role'] }}\n{{ m['content'] }}<e>{% endfor %}<s>assistant{{ '\n' }}"
TEXT, QUESTION, ANSWER = "the cat sat", "who sat", "the cat"


@pytest.fixture(scope="module", params=["chat", "plain"])
def folder(request, tmp_path_factory):
    tokenizer = byte_level(begin="<s>", end="<e>")
    tokenizer.chat_template = TEMPLATE if request.param == "chat" else None
    shape = config("llama")
    shape.max_position_embeddings = 512
    return saved(tmp_path_factory.mktemp(request.param), shape, tokenizer)


@pytest.fixture(scope="module")
def reader(folder):
    return open_reader(str(folder), device="cpu")


def by_transformers(folder, reader, text, question, answer):
    """Log-probabilities of the answer from one pass over everything, and the greedy answer of `generate`."""
    model = transformers.AutoModelForCausalLM.from_pretrained(folder).eval()
    before = np.concatenate([reader.model.begin, reader._ids(text, question)])
    target = reader.model.cut([answer if reader.chat.chats else f" {answer}"])[0].ids
    whole = torch.from_numpy(np.concatenate([before, target]))[None]
    with torch.no_grad():
        logits = model(whole).logits[0].log_softmax(-1)
        prompt = whole[:, : len(before)]
        said = model.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=24, do_sample=False)
    behind = [float(logits[len(before) + i - 1, token]) for i, token in enumerate(target.tolist())]
    return behind, reader.chat.tokenizer.decode(said[0, len(before) :], skip_special_tokens=True)


def test_it_says_what_transformers_says(folder, reader):
    reading = reader.read(TEXT, QUESTION, ANSWER)
    logprobs, said = by_transformers(folder, reader, TEXT, QUESTION, ANSWER)
    assert reading.logprob == pytest.approx(np.mean(logprobs), abs=1e-4)
    assert reading.total == pytest.approx(np.sum(logprobs), abs=1e-3)
    assert reading.answer == first_line(said)


def test_a_second_question_about_a_text_is_read_as_if_it_were_the_first(folder, reader):
    reader.read(TEXT, "where", ANSWER)
    head = reader._head
    again = reader.read(TEXT, QUESTION, ANSWER)
    assert reader._head is head
    fresh = LocalReader("fresh", reader.model, reader.chat).read(TEXT, QUESTION, ANSWER)
    assert (again.answer, again.logprob) == (fresh.answer, pytest.approx(fresh.logprob, abs=1e-4))


def test_the_template_is_that_of_the_tokenizer(reader):
    ids = reader._ids(TEXT, QUESTION)
    rendered = reader.chat.tokenizer.decode(np.concatenate([reader.model.begin, ids]))
    if reader.chat.chats:
        prompt = CHAT.format(text=TEXT, question=QUESTION)
        assert rendered == f"<s>user\n{prompt}<e><s>assistant\n"
    else:
        assert rendered.endswith(f"Question: {QUESTION}\nAnswer:")


def test_a_model_without_answers_of_its_own_judges():
    reader = open_reader("mini-lm")
    likely = reader.read("The mill was built in 1902.", "When was the mill built?", "1902")
    unlikely = reader.read("The mill was built in 1871.", "When was the mill built?", "1902")
    assert likely.answer is None
    assert likely.logprob > unlikely.logprob


def test_a_server_answers(monkeypatch):
    sent = []

    def post(url, payload, **_):
        sent.append((url, payload["model"], payload["messages"][0]["content"]))
        return {"choices": [{"message": {"content": "\n Ada. \nShe signed."}}]}

    monkeypatch.setattr("tamis.bench.prompt.reader.post_json", post)
    reading = RemoteReader("http://127.0.0.1:9/v1#m").read("Ada signed.", "Who?", "Ada")
    assert reading == Reading(answer="Ada.")
    assert sent == [("http://127.0.0.1:9/v1/chat/completions", "m", CHAT.format(text="Ada signed.", question="Who?"))]
    monkeypatch.setattr("tamis.bench.prompt.reader.post_json", lambda *_, **__: {"choices": []})
    with pytest.raises(RemoteError, match="no chat completion"):
        RemoteReader("http://127.0.0.1:9/v1#m").read("a", "b", "c")


def test_readers_that_cannot_be_are_refused(monkeypatch):
    with pytest.raises(UnknownName):
        open_reader("no-such-model")
    monkeypatch.setattr("tamis.bench.prompt.reader._judge", lambda name: None)
    with pytest.raises(InvalidInput, match="log-probabilities"):
        open_reader("http://127.0.0.1:9/v1#m", answers=False)


def test_a_gguf_file_needs_its_packages(monkeypatch, tmp_path):
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    monkeypatch.setattr("tamis.errors.find_spec", lambda name: None if name == "accelerate" else True)
    with pytest.raises(MissingExtra, match="accelerate"):
        open_reader(str(tmp_path / "model.gguf"))


def test_answers_are_compared_as_squad_does():
    assert (exact("The mill.", ["mill"]), exact("old mill", ["mill"]), exact("", [""])) == (1, 0, 0)
    assert overlap("in May 1902", ["1902", "May"]) == pytest.approx(0.5)
    assert overlap("nothing", ["1902"]) == 0
    row = Reading(-1.0, -2.0, "the mill of 1902").as_row(["mill"])
    assert row == {"logprob": -1.0, "total": -2.0, "said": "the mill of 1902", "exact": 0.0, "f1": 0.5, "says": 1.0}
    assert Reading(-1.0, -2.0).as_row(["mill"])["exact"] is None
