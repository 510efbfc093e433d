"""The `llmlingua` package's class: its parameters, its keys, none of its faults; and on request its very results."""

import inspect
import json
import random
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tamis.compat.llmlingua import LEFT_OUT, NotOffered, PromptCompressor
from tamis.compat.options import IgnoredOption, parse_budget, widened
from tamis.errors import BudgetTooSmall, InvalidBudget, InvalidInput, UnknownName, UnreadableInput
from tamis.text.counting import counter
from tamis.text.sentences import sentences

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "reference"
COUNT = counter("cl100k_base")
FERRY = (
    "The harbour ferry runs every twenty minutes from the old customs house to the island. In winter, when the wind "
    "rises above force 8, the captain may cancel the crossing. Tickets bought that day stay valid for a week."
)
BEANS = "Soak the beans overnight. Fry two onions in olive oil until they are brown. Salt goes in last."
GAS = "EIP-2046 lowers the gas cost of a static call to a precompile from 700 to 40. Alex asked for benchmarks first."
DOCUMENTS = [FERRY, BEANS, GAS]
QUESTION = "Why did Alex ask for benchmarks?"
KEYS = {"compressed_prompt", "origin_tokens", "compressed_tokens", "ratio", "rate", "saving"}

# name=default of every parameter, in order, as the package 0.2.2 has them
SHARED = (
    "instruction='' question='' rate=0.5 target_token=-1 iterative_size=200 force_context_ids=None "
    "force_context_number=None use_sentence_level_filter=False use_context_level_filter=True "
    "use_token_level_filter=True keep_split=False keep_first_sentence=0 keep_last_sentence=0 keep_sentence_number=0 "
    "high_priority_bonus=100 context_budget='+100' token_budget_ratio=1.4 condition_in_question='none' "
    "reorder_context='original' dynamic_context_compression_ratio=0.0 condition_compare=False add_instruction=False "
    "rank_method='llmlingua' concate_question=True "
)
LABELS = (
    "return_word_label=False word_sep='\\t\\t|\\t\\t' label_sep='<blank>' token_to_word='mean' force_tokens=() "
    "force_reserve_digit=False drop_consecutive=False chunk_end_tokens=('.','\\n') "
)
LEVELS = "target_context=-1 context_level_rate=1.0 context_level_target_token=-1 "
SEGS = "context_segs=None context_segs_rate=None context_segs_compress=None "
STRICT = "strict_preserve_uncompressed=True "
SIGNATURES = {
    "__init__": "model_name=None device_map='cuda' model_config=None open_api_config=None use_llmlingua2=False "
    "use_slingua=False llmlingua2_config=None",
    "compress_prompt": "context " + SHARED + SEGS + LEVELS + LABELS + STRICT,
    "structured_compress_prompt": "context " + SHARED + STRICT,
    "compress_prompt_llmlingua2": "context rate=0.5 target_token=-1 use_context_level_filter=False "
    "use_token_level_filter=True " + LEVELS + "force_context_ids=() " + LABELS,
    "compress_json": "json_data json_config=None instruction='' question='' rate=0.5 target_token=-1 "
    "iterative_size=200 use_sentence_level_filter=False use_keyvalue_level_filter=False use_token_level_filter=True "
    "keep_split=False keep_first_sentence=0 keep_last_sentence=0 keep_sentence_number=0 high_priority_bonus=100 "
    "context_budget='+100' token_budget_ratio=1.4 condition_in_question='none' reorder_keyvalue='original' "
    "condition_compare=False rank_method='llmlingua'",
    "recover": "original_prompt compressed_prompt response",
    "get_ppl": "text granularity='sentence' input_ids=None attention_mask=None past_key_values=None return_kv=False "
    "end=None condition_mode='none' condition_pos_id=0",
    "get_condition_ppl": "text question condition_in_question='none' granularity='sentence'",
    "get_token_length": "text add_special_tokens=True use_oai_tokenizer=False",
    "get_prefix_length": "prefix text",
    "get_rank_results": "context question rank_method condition_in_question context_tokens_length=None",
    "control_context_budget": "context context_tokens_length target_token force_context_ids=None "
    "force_context_number=None question='' condition_in_question='none' reorder_context='original' "
    "dynamic_context_compression_ratio=0.0 rank_method='longllmlingua' context_budget='+100' " + SEGS + STRICT,
    "control_sentence_budget": "context target_token keep_first_sentence=0 keep_last_sentence=0 "
    "keep_sentence_number=0 high_priority_bonus=100 token_budget_ratio=1.4 question='' condition_in_question='none' "
    "rank_method='longllmlingua' " + SEGS,
    "get_dynamic_compression_ratio": "context target_token iterative_size dynamic_ratio start=0 seg_info=None",
    "get_structured_dynamic_compression_ratio": "context iterative_size dynamic_ratio start=0 seg_info=None",
    "segment_structured_context": "context global_rate",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_every_parameter_of_the_package_is_there_in_its_place_with_its_default(name):
    parameters = list(inspect.signature(getattr(PromptCompressor, name)).parameters.values())[1:]
    mine = [p for p in parameters if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    said = [p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in mine]
    assert [one.replace(", ", ",").replace("' '", "'<blank>'") for one in said] == SIGNATURES[name].split()


def test_what_is_left_out_says_what_to_use(lingua):
    for name, instead in LEFT_OUT.items():
        with pytest.raises(NotOffered, match=re.escape(f"PromptCompressor.{name} is not offered: {instead}")):
            getattr(lingua, name)
    assert not hasattr(lingua, "load_model")
    with pytest.raises(AttributeError, match="no attribute 'compres_prompt'"):
        _ = lingua.compres_prompt


def test_importing_and_making_one_loads_nothing_heavy_and_downloads_nothing():
    code = (
        "import sys, socket\nsocket.socket = None\nfrom tamis.compat.llmlingua import PromptCompressor as P\n"
        "made = P(), P(use_llmlingua2=True)\nprint([m._engine.model for m in made])\n"
        "print(sorted({'torch', 'transformers', 'onnxruntime', 'tiktoken', 'tokenizers', 'yaml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.splitlines() == ["['mini-lm', 'mini']", "[]"]


@pytest.fixture(scope="session")
def lingua():
    """The perplexity methods on a tiny Llama."""
    pytest.importorskip("torch")
    return PromptCompressor(str(GOLDEN / "llama"), device_map="cpu")


@pytest.fixture(scope="session")
def lingua2():
    """LLMLingua-2 on the embedded classifier."""
    return PromptCompressor(use_llmlingua2=True)


@pytest.fixture(params=["lingua", "lingua2"])
def either(request):
    return request.getfixturevalue(request.param)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def is_subsequence(short: str, text: str) -> bool:
    characters = iter(text)
    return all(c in characters for c in short if not c.isspace())


# --- results and budgets ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5, 0.8])
def test_keys_figures_and_an_exact_budget_for_short_prompts_too(either, rate):
    """The package keeps prompts under 200 tokens whole, and passes or misses the budget of longer ones."""
    said = either(FERRY, rate=rate)
    assert said.keys() - {"compressed_prompt_list"} == KEYS
    assert said["origin_tokens"] == COUNT(FERRY)
    assert said["compressed_tokens"] == COUNT(said["compressed_prompt"]) <= rate * COUNT(FERRY)
    assert said["compressed_tokens"] >= 0.9 * rate * COUNT(FERRY) - 2
    assert said["rate"] == f"{said['compressed_tokens'] / said['origin_tokens']:.1%}"
    if rate:
        assert said["ratio"] == f"{said['origin_tokens'] / said['compressed_tokens']:.1f}x"
    assert said["saving"] == ", Saving $0.0 in GPT-4."
    assert is_subsequence(said["compressed_prompt"], FERRY)


def test_rate_1_is_the_identity(either):
    text = "Costs:\r\n\r\n\t$ 3.50 each;  e-mail a.b@c.com <s> done </s>\n\n\n- 東京大学の図書館 🙂\n"
    assert either(text, rate=1.0)["compressed_prompt"] == text


@pytest.mark.parametrize("target", [0, 10, 25])
def test_a_target_is_a_hard_cap(either, target):
    said = either.compress_prompt(DOCUMENTS, target_token=target)
    assert said["compressed_tokens"] <= target


def test_instruction_and_question_stay_whole_count_and_are_put_around(either):
    said = either(DOCUMENTS, instruction="Read this.", question=QUESTION, rate=0.5)
    assert said["compressed_prompt"].startswith("Read this.\n\n")
    assert said["compressed_prompt"].endswith("\n\n" + QUESTION)
    assert said["compressed_tokens"] <= 0.5 * said["origin_tokens"]
    silent = either(DOCUMENTS, question=QUESTION, rate=0.5, concate_question=False)
    assert QUESTION not in silent["compressed_prompt"]
    with pytest.raises(BudgetTooSmall, match="'Why did Alex ask for benchmarks"):
        either(DOCUMENTS, question=QUESTION, target_token=3)


@pytest.mark.parametrize("context", [[], "", [""], ["", ""], " ", ["x"], ["", FERRY]])
def test_empty_contexts_divide_by_nothing(either, context):
    for settings in ({"rate": 0.5}, {"target_token": 20}, {"rate": 0.5, "use_token_level_filter": False}):
        said = either(context, **settings)
        assert said["compressed_tokens"] <= max(20, said["origin_tokens"])
    assert either("", rate=0.5)["ratio"] == "1.0x"


@pytest.mark.parametrize(
    "text",
    [
        "东京大学的图书馆每天早上九点开门，" * 4,
        "図書館は毎日朝の九時に開きます。" * 4,
        "naïve 👩‍👩‍👧 e\u0301lan 🙂🙂 ก็ " * 5,
    ],
)
def test_no_character_is_torn(lingua, text):
    said = lingua(text, rate=0.4)["compressed_prompt"]
    assert "\ufffd" not in said
    assert said
    assert is_subsequence(said, text)


def test_line_ends_and_special_tokens_stay(lingua):
    text = "\n".join(f"line {n}: the value of <s> is {n * n}" for n in range(12))
    said = lingua(text, rate=0.7, force_tokens=["<s>"])["compressed_prompt"]
    assert said.count("\n") >= 8
    assert said.count("<s>") == 12


def test_nothing_global_changes(either):
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002  (the generator that the package seeds)
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    first = either(DOCUMENTS, rate=0.4)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # noqa: NPY002
    assert either(DOCUMENTS, rate=0.4) == first


# --- documents and sentences -----------------------------------------------------------------------------------------


def test_forced_documents_stay_and_the_callers_list_is_his(lingua):
    forced = [0]
    said = lingua(DOCUMENTS, target_token=30, context_budget="-30", force_context_ids=forced)
    assert forced == [0]
    assert is_subsequence(said["compressed_prompt"], FERRY)
    assert said["compressed_tokens"] <= 30


@pytest.mark.parametrize("number", [1, 2, 3])
def test_so_many_documents_as_are_forced_stay(lingua, number):
    kept, _, numbers = lingua.control_context_budget(
        DOCUMENTS, [50, 20, 30], 10, force_context_number=number, question=QUESTION, context_budget="*1"
    )
    assert len(kept) == len(numbers) == number
    assert [DOCUMENTS[n] for n in numbers] == kept


def test_documents_come_in_the_order_asked_for(lingua):
    order = [n for n, _ in lingua.get_rank_results(DOCUMENTS, QUESTION, "longllmlingua", "after", [0, 0, 0])]
    named = {"question": QUESTION, "context_budget": "*9", "dynamic_context_compression_ratio": 0.3}
    for how, wanted in (("original", [0, 1, 2]), ("sort", order), ("two_stage", [order[0], order[2], order[1]])):
        _, offsets, numbers = lingua.control_context_budget(
            DOCUMENTS, [0, 0, 0], 99, rank_method="longllmlingua", reorder_context=how, **named
        )
        assert numbers == wanted
        assert offsets == [{order[0]: 0.3, order[1]: 0.0, order[2]: -0.3}[n] for n in numbers]


def test_scores_of_all_rankers_are_kept(lingua):
    found = lingua.get_rank_results(DOCUMENTS, QUESTION, "bm25", "none", [0, 0, 0])
    assert found[0][0] == 2
    assert found[0][1] > found[-1][1] >= 0
    with pytest.raises(UnknownName, match="'bm52'"):
        lingua.get_rank_results(DOCUMENTS, QUESTION, "bm52", "none", [0, 0, 0])


def test_without_the_token_level_whole_documents_that_fit(lingua):
    said = lingua(DOCUMENTS, target_token=60, question=QUESTION, rank_method="bm25", use_token_level_filter=False)
    parts = said["compressed_prompt"].split("\n\n")
    assert GAS in parts
    assert set(parts) <= {*DOCUMENTS, QUESTION}
    assert said["compressed_tokens"] <= 60


@pytest.mark.parametrize("token_level", [True, False])
@pytest.mark.parametrize("place", ["first", "last"])
def test_sentences_to_keep_are_kept(lingua, token_level, place):
    """In the package the bonus works backwards: it removes them."""
    said = lingua(
        [FERRY, BEANS],
        rate=0.6,
        use_sentence_level_filter=True,
        use_token_level_filter=token_level,
        **{f"keep_{place}_sentence": 1},
    )["compressed_prompt"]
    ferry, beans = (("The harbour ferry runs", "Soak"), ("Tickets bought", "Salt goes"))[place == "last"]
    stays = [re.search(rf"{start}[^.]*\.", text)[0] for start, text in ((ferry, FERRY), (beans, BEANS))]
    assert all(sentence.rstrip(".") in said for sentence in stays)


def test_the_best_sentences_can_be_kept(lingua):
    kept = lingua.control_sentence_budget([FERRY, BEANS], 22, keep_sentence_number=1, token_budget_ratio=1.4)
    assert COUNT("\n\n".join(filter(None, kept))) <= 22 * 1.4
    assert len(kept) == 2
    for text, document in zip(kept, (FERRY, BEANS), strict=True):
        assert text, "one sentence of each is to be kept"
        assert all(s.of(text).strip() in document for s in sentences(text)), "whole or not at all"
        assert is_subsequence(text, document)
    with pytest.raises(BudgetTooSmall, match="sentences that must stay need"):
        lingua.control_sentence_budget([FERRY, BEANS], 3, keep_sentence_number=1)


def test_contrast_needs_a_question_and_takes_one(lingua):
    said = lingua(
        DOCUMENTS,
        question=QUESTION,
        rate=0.4,
        rank_method="longllmlingua",
        condition_in_question="after_condition",
        condition_compare=True,
        dynamic_context_compression_ratio=0.3,
        reorder_context="sort",
        add_instruction=True,
        instruction="Say why.",
    )
    assert said["compressed_tokens"] <= 0.4 * said["origin_tokens"]
    for settings in ({"condition_compare": True}, {"rank_method": "longllmlingua"}):
        with pytest.raises(InvalidInput, match="needs a question"):
            lingua(DOCUMENTS, **settings)


# --- tags ------------------------------------------------------------------------------------------------------------


def test_protected_text_text_with_a_less_sign_and_text_between_tags_stay(either):
    text = (
        f"<llmlingua, compress=False>if a < b: stop \n now</llmlingua> between <llmlingua, rate=0.3>{FERRY}</llmlingua>"
    )
    said = either.structured_compress_prompt([text], rate=1.0)
    assert said["compressed_prompt"].startswith("if a < b: stop \n now between ")
    own = COUNT(said["compressed_prompt"].removeprefix("if a < b: stop \n now between "))
    assert own <= 0.3 * COUNT(FERRY) + 1


def test_a_rate_of_0_deletes(lingua):
    text = f"<llmlingua, rate=0>{BEANS}</llmlingua> This part of the prompt stays where it was"
    kept = words_of(lingua.structured_compress_prompt([text], rate=1.0)["compressed_prompt"])
    assert len(kept) >= 8, "a blank less before the first word may cost a word"
    assert set(kept) <= set(words_of("This part of the prompt stays where it was"))


def test_segments_given_by_the_caller_are_tags(lingua):
    said = lingua(
        [BEANS + FERRY],
        rate=0.5,
        context_segs=[[BEANS, FERRY]],
        context_segs_rate=[[0.9, 0.2]],
        context_segs_compress=[[False, True]],
    )
    assert said["compressed_prompt"].startswith(BEANS)
    with pytest.raises(InvalidInput, match="do not add up"):
        lingua([BEANS], context_segs=[["Soak"]])
    texts, segs, rates, flags = lingua.segment_structured_context(["a<llmlingua, rate=0.2>b < c</llmlingua>"], 0.5)
    assert (texts, segs, rates, flags) == (["ab < c"], [["a", "b < c"]], [[0.5, 0.2]], [[True, True]])


# --- LLMLingua-2 -----------------------------------------------------------------------------------------------------


def test_forced_tokens_and_digits_stay(lingua2):
    said = lingua2.compress_prompt_llmlingua2(
        [FERRY + " " + GAS], rate=0.3, force_tokens=["?", "every"], force_reserve_digit=True
    )
    assert {"every", "8", "2046", "700", "40"} <= set(words_of(said["compressed_prompt"]))
    assert said["compressed_tokens"] <= 0.3 * said["origin_tokens"]


def test_repeats_of_forced_tokens_go_if_asked(lingua2):
    text = "One. the. a. of. Reactor four failed at noon. it. is. Nobody was hurt."
    many = lingua2(text, rate=0.75, force_tokens=["."])["compressed_prompt"]
    few = lingua2(text, rate=0.75, force_tokens=["."], drop_consecutive=True)["compressed_prompt"]
    assert re.search(r"\.\s*\.", many)
    assert not re.search(r"\.\s*\.", few)
    assert is_subsequence(few, many)


def test_word_labels_can_be_taken_apart(lingua2):
    said = lingua2([FERRY, GAS], rate=0.4, return_word_label=True)
    pairs = [one.rsplit(" ", 1) for one in said["fn_labeled_original_prompt"].split("\t\t|\t\t")]
    kept = "".join(word for word, label in pairs if label == "1")
    assert kept == re.sub(r"\s", "", said["compressed_prompt"])
    with pytest.raises(InvalidInput, match="'-' stands in the word 'EIP-2046'"):
        lingua2(GAS, return_word_label=True, word_sep="-")


def test_documents_are_listed_one_by_one(lingua2):
    said = lingua2.compress_prompt_llmlingua2(DOCUMENTS, rate=0.5)
    assert "\n\n".join(said["compressed_prompt_list"]) == said["compressed_prompt"]
    assert all(is_subsequence(part, text) for part, text in zip(said["compressed_prompt_list"], DOCUMENTS, strict=True))


@pytest.mark.parametrize(
    ("settings", "count"),
    [
        ({"target_context": 1}, 1),
        ({"target_context": 2, "force_context_ids": [0]}, 2),
        ({"context_level_rate": 0.3}, 1),
        ({"context_level_rate": 0.5}, 2),
        ({"context_level_target_token": 1}, 1),
        ({"context_level_target_token": 999}, 3),
        ({"use_context_level_filter": False}, 3),
    ],
)
def test_so_many_documents_stay(lingua2, settings, count):
    said = lingua2.compress_prompt(DOCUMENTS, rate=0.3, **settings)
    assert len(said["compressed_prompt_list"]) == count
    if "force_context_ids" in settings:
        assert is_subsequence(said["compressed_prompt_list"][0], FERRY)


def test_a_named_ranker_chooses_documents_for_the_classifier(lingua2):
    """Coarse by the question, fine by the classifier: the papers' best combination, which the package lacks."""
    said = lingua2(DOCUMENTS, question=QUESTION, rate=0.5, rank_method="bm25", target_context=1, concate_question=False)
    assert is_subsequence(said["compressed_prompt"], GAS)


def test_one_flag_is_enough_for_securitylingua(tmp_path):
    from tamis.models.encoder import MINI

    guard = PromptCompressor(str(MINI), use_slingua=True)
    with pytest.warns(IgnoredOption, match="rate: what scores 0.5 or more is kept"):
        said = guard(FERRY, rate=0.01)
    assert said["compressed_tokens"] > 0.1 * said["origin_tokens"]
    with pytest.raises(InvalidInput, match="use_slingua needs model_name"):
        PromptCompressor(use_slingua=True)


# --- JSON ------------------------------------------------------------------------------------------------------------

TREE = {"id": 987654, "note": FERRY, "x": {"list": [GAS, 3.5, None, True, "a < b, c"], "q": 'say "hi"'}, "empty": ""}


def shape(value):
    if isinstance(value, dict):
        return {key: shape(v) for key, v in value.items()}
    return [shape(v) for v in value] if isinstance(value, list) else type(value)


def test_json_keeps_its_shape_keys_and_numbers(either):
    said = either.compress_json(TREE, rate=0.5)
    made = said["compressed_prompt"]
    assert shape(made) == shape(TREE)
    assert json.loads(json.dumps(made)) == made
    assert (made["id"], made["x"]["list"][1:4]) == (987654, [3.5, None, True])
    assert COUNT(made["note"]) <= 0.5 * COUNT(FERRY)
    assert said["compressed_tokens"] < said["origin_tokens"]


@pytest.mark.parametrize("kind", ["dict", "json", "yaml"])
def test_json_is_configured_by_key(lingua2, kind, tmp_path):
    config = {
        "id": {"compress": False},
        "note": {"rate": 0.2, "value_type": "str"},
        "x": {"compress": False},
        "empty": {},
    }
    given = config
    if kind != "dict":
        given = tmp_path / f"config.{kind}"  # (JSON is YAML)
        given.write_text(json.dumps(config), encoding="utf-8")
    if kind == "yaml":
        pytest.importorskip("yaml")
    made = lingua2.compress_json(TREE, given)["compressed_prompt"]
    assert made["x"] == TREE["x"]
    assert COUNT(made["note"]) <= 0.2 * COUNT(FERRY)


@pytest.mark.parametrize(
    ("data", "named", "error", "said"),
    [
        ({"a": {1, 2}}, {}, InvalidInput, "nothing that JSON can say"),
        ({"a": float("nan")}, {}, InvalidInput, "nothing that JSON can say"),
        ('{"a": "x"}', {}, InvalidInput, "json_data is a text.*json.loads"),
        ({"a": "x"}, {"json_config": {"b": {}}}, InvalidInput, "differ in the key 'a'"),
        ({"a": "x"}, {"json_config": {"a": {"rat": 1}}}, InvalidInput, "settings of 'a'"),
        ({"a": "x"}, {"json_config": {"a": {"rate": 2}}}, InvalidBudget, "rate of 'a'"),
        (["x"], {"json_config": {"a": {}}}, InvalidInput, "goes with an object, got list"),
        ({"a": "x"}, {"json_config": 3}, InvalidInput, "a dict or a path, got int"),
        ({"a": "x"}, {"json_config": "missing.yaml"}, UnreadableInput, "missing.yaml"),
        ({"a": "x"}, {"use_keyvalue_level_filter": True}, InvalidInput, "use_keyvalue_level_filter yet.*JSON engine"),
        ({"a": "x"}, {"reorder_keyvalue": "sort"}, InvalidInput, "reorder_keyvalue yet"),
        ({"a": "x"}, {"target_token": 5}, InvalidInput, "target_token yet"),
    ],
)
def test_json_that_cannot_be_done(lingua2, data, named, error, said):
    with pytest.raises(error, match=said):
        lingua2.compress_json(data, **named)


# --- steps -----------------------------------------------------------------------------------------------------------


def test_surprisals_token_i_at_place_i(lingua):
    all_ = lingua.get_ppl(FERRY, granularity="token")
    assert len(all_) == lingua.get_token_length(FERRY, add_special_tokens=False)
    assert lingua.get_token_length(FERRY) == len(all_) + 1, "the token that begins a text"
    assert lingua.get_ppl(FERRY) == pytest.approx(all_.mean())
    np.testing.assert_allclose(lingua.get_ppl(FERRY, "token", condition_mode="after", condition_pos_id=5), all_[5:])
    np.testing.assert_allclose(lingua.get_ppl(FERRY, "token", condition_mode="before", condition_pos_id=5), all_[:5])
    behind = lingua.get_condition_ppl(GAS, QUESTION, "before", "token")
    assert len(behind) == lingua.get_token_length(GAS, add_special_tokens=False)
    assert lingua.get_condition_ppl(GAS, QUESTION) == lingua.get_ppl(GAS)
    assert lingua.get_prefix_length(QUESTION + "\n\n", GAS) > 5
    assert lingua.get_token_length(FERRY, use_oai_tokenizer=True) == COUNT(FERRY)
    with pytest.raises(InvalidInput, match="no tensors"):
        lingua.get_ppl(FERRY, return_kv=True)


def test_recover(lingua):
    assert (
        lingua.recover(FERRY, "captain cancel crossing", "captain cancel crossing.")
        == "captain may cancel the crossing."
    )


# --- options ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "target", "wanted"),
    [("+100", 50, 150), ("*1.3", 100, 130), ("-50", 80, 30), ("/2", 80, 40), ("-50", 20, 0)],
)
def test_context_budgets(text, target, wanted):
    assert widened(target, text) == pytest.approx(wanted)


@pytest.mark.parametrize(
    "text", ["100", "", "+", "**2", "+1+1", "+100; x", "+__import__('os')", "+1e9", "/0", "*-1", "+١", 100, None]
)
def test_a_context_budget_is_never_run(lingua, text):
    with pytest.raises(InvalidInput, match="cannot be read"):
        parse_budget(text)
    with pytest.raises(InvalidInput, match="cannot be read"):
        lingua(DOCUMENTS, context_budget=text)


@pytest.mark.parametrize(
    ("named", "error", "said"),
    [
        ({"ratio": 0.75}, InvalidInput, "There is no ratio, got ratio=0.75.*rate=0.25"),
        ({"rate": 4}, InvalidBudget, "rate must lie between 0 and 1, got 4.*rate=0.25"),
        ({"target_token": -7}, InvalidBudget, "got -7"),
        ({"reorder_context": "best"}, UnknownName, "'best'"),
        ({"condition_in_question": "behind"}, UnknownName, "'behind'"),
        ({"token_to_word": "median"}, UnknownName, "'median'"),
        ({"rank_method": "bm52"}, UnknownName, "'bm52'"),
        ({"force_context_ids": [3]}, InvalidInput, "context 3 of 3"),
        ({"keep_first_sentence": -1}, InvalidInput, "keep_first_sentence must be at least 0"),
        ({"context": None}, InvalidInput, "a text or a list of texts, got NoneType"),
        ({"context": [FERRY, 3]}, InvalidInput, "Context 1 must be a text, got int"),
        ({"context": b"x"}, InvalidInput, "got bytes"),
        ({"rate": "0.3"}, InvalidBudget, "rate must be a number, got '0.3'"),
        ({"rate": None}, InvalidBudget, "rate must be a number, got None"),
        ({"rate": True}, InvalidBudget, "rate must be a number, got True"),
        ({"target_token": "200"}, InvalidBudget, "target_token must be a number, got '200'"),
        ({"target_token": float("nan")}, InvalidBudget, "target_token must be at least 0, or -1 for none, got nan"),
        ({"iterative_size": "x"}, InvalidInput, "iterative_size must be a whole number, got 'x'"),
        ({"keep_first_sentence": "1"}, InvalidInput, "keep_first_sentence must be a whole number, got '1'"),
        ({"force_context_ids": ["a"]}, InvalidInput, "force_context_ids must be a whole number, got 'a'"),
        ({"force_context_number": -1}, InvalidInput, "force_context_number must be at least 0, got -1"),
        ({"dynamic_context_compression_ratio": -0.3}, InvalidInput, "ratio must be at least 0, got -0.3"),
        ({"instruction": None}, InvalidInput, "instruction must be a text, got None"),
        ({"question": 7}, InvalidInput, "question must be a text, got 7"),
    ],
)
def test_bad_input(either, named, error, said):
    with pytest.raises(error, match=said):
        either.compress_prompt(**{"context": DOCUMENTS, **named})


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"high_priority_bonus": 5}, "high_priority_bonus"),
        ({"chunk_end_tokens": ["!"]}, "chunks end at sentences"),
        ({"target_context": 1}, "not used by perplexity methods"),
        (
            {"condition_in_question": "after_condition", "rank_method": "longllmlingua", "question": QUESTION},
            "condition_compare=True",
        ),
    ],
)
def test_what_changes_nothing_is_said(lingua, named, said):
    with pytest.warns(IgnoredOption, match=said):
        lingua(DOCUMENTS, rate=0.6, **named)


def test_the_classifier_says_what_it_does_not_use(lingua2):
    with pytest.warns(IgnoredOption, match="condition_compare, iterative_size: not used by LLMLingua-2"):
        lingua2(FERRY, question=QUESTION, condition_compare=True, iterative_size=100)


def test_constructors_that_are_refused():
    with pytest.raises(InvalidInput, match="trust_remote_code"):
        PromptCompressor("x/y", model_config={"trust_remote_code": True})
    with pytest.raises(InvalidInput, match="perplexity methods only"):
        PromptCompressor(use_llmlingua2=True, reference_compat=True)
    with pytest.raises(InvalidInput, match="device_map must be a text"):
        PromptCompressor(device_map={"": 0})
    with pytest.warns(IgnoredOption, match="api_key: keys of services"):
        PromptCompressor(open_api_config={"api_key": "x"})
    with pytest.warns(IgnoredOption, match="max_memory"):
        PromptCompressor(model_config={"max_memory": 1, "trust_remote_code": False})
    with pytest.raises(InvalidInput, match="no classifier"):
        PromptCompressor().compress_prompt_llmlingua2([FERRY])
    for device in ("auto", "balanced", "cuda:3", "mps", "cpu"):
        assert PromptCompressor(device_map=device)


def test_without_arguments_the_embedded_model_reads():
    """The perplexity methods end to end, without torch and without a name."""
    documents = [
        "The mill on the Aire was built in 1826 by Titus Rowe.",
        "The canal reached the town in 1816, and coal came by boat.",
        "The town hall has a clock from Leeds, five minutes slow.",
    ]
    asked = {
        "question": "When did the canal reach the town?",
        "rank_method": "longllmlingua",
        "condition_compare": True,
    }
    said = PromptCompressor().compress_prompt(
        documents, "Answer.", rate=0.7, reorder_context="sort", dynamic_context_compression_ratio=0.3, **asked
    )
    lines = said["compressed_prompt"].split("\n\n")
    assert (lines[0], lines[-1]) == ("Answer.", asked["question"])
    assert "1816" in lines[1]  # the best document comes first
    assert said["compressed_tokens"] <= 0.7 * said["origin_tokens"]
    assert PromptCompressor().get_rank_results(documents, asked["question"], "longllmlingua", "after")[0][0] == 1


# --- reference_compat ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", params=["gpt2", "llama"])
def replayed(request):
    pytest.importorskip("torch")
    golden = json.loads((GOLDEN / f"{request.param}.json").read_text(encoding="utf-8"))
    return PromptCompressor(str(GOLDEN / request.param), reference_compat=True), golden


@pytest.fixture(scope="session")
def cases():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import reference_cases
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    return reference_cases


def test_whole_calls_are_the_packages_to_the_letter(replayed, cases):
    compressor, golden = replayed
    assert len(golden["compress"]) == 8
    for case in golden["compress"]:
        named = {k: v for k, v in case.items() if k not in ("texts", "prompt", "count", "mask")}
        named["question"] = cases.QUESTIONS.get(named.get("question", ""), "")
        said = compressor.compress_prompt([cases.text_of(name) for name in case["texts"]], **named)
        assert said["compressed_prompt"] == case["prompt"]
        assert said.keys() == KEYS
        assert said["compressed_tokens"] == COUNT(case["prompt"])


def test_structured_calls_are_the_packages_to_the_letter(replayed):
    compressor, golden = replayed
    assert len(golden["structured"]) == 6
    for case in golden["structured"]:
        size = case.get("iterative_size", 200)
        said = compressor.structured_compress_prompt(
            case["context"], rate=0.5, iterative_size=size, use_context_level_filter=False
        )
        assert said["compressed_prompt"] == case["prompt"]
        plain, *rest = compressor.segment_structured_context(case["context"], 0.5)
        assert plain == case["plain"]
        infos = [list(zip(map(len, s), r, c, strict=True)) for s, r, c in zip(*rest, strict=True)]
        assert [[list(one) for one in info] for info in infos] == case["segments"]
        ratios = compressor.get_structured_dynamic_compression_ratio(plain, size, None, 0, infos)
        assert [[list(part) for part in segment] for segment in ratios] == case["ratios"]


def test_steps_are_the_packages(replayed, cases):
    compressor, golden = replayed
    documents = list(cases.DOCUMENTS.values())
    for case in golden["ranks"]:
        if "lingua" in case["method"]:
            asked = cases.QUESTIONS[case["question"]]
            found = compressor.get_rank_results(documents, asked, case["method"], case["condition"], [0] * 6)
            assert [number for number, _ in found] == case["order"]
            np.testing.assert_allclose([score for _, score in found], case["scores"], atol=1e-4)
    for case in golden["orders"]:
        _, offsets, used = compressor.control_context_budget(
            documents,
            case["lengths"],
            case["rate"] * sum(case["lengths"]),
            question=cases.QUESTIONS["gas"],
            condition_in_question="after",
            reorder_context=case["order"],
            dynamic_context_compression_ratio=case["dynamic"],
            context_budget="+0",
        )
        assert used == case["used"]
        np.testing.assert_allclose(offsets, case["offsets"], atol=1e-5)
        assert [compressor.get_token_length(d) for d in documents] == case["lengths"]


def test_what_is_not_replayed_is_said(replayed):
    compressor, _ = replayed
    for named in ({"use_sentence_level_filter": True}, {"keep_split": True}, {"return_word_label": True}):
        with pytest.raises(InvalidInput, match=f"{next(iter(named))} is not replayed"):
            compressor(DOCUMENTS, **named)
    with pytest.raises(InvalidInput, match="compress_json does not offer reference_compat"):
        compressor.compress_json(TREE)
    forced = [0]
    compressor(DOCUMENTS, rate=0.2, force_context_ids=forced)
    assert forced == [0]
