"""The `secom` package's calls: each of its defects has a test that shows we do not have it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tamis.compat.secom import SeCom
from tamis.errors import InvalidInput, UnknownName

HISTORY = [
    [
        "[human]: I bought a sailing boat last week.\n[bot]: How nice! What colour is it?",
        "[human]: It is red with a white sail.\n[bot]: That must look great on the water.",
        "[human]: My sister Carla started to work as a nurse in Lyon.\n[bot]: Congratulations to her.",
    ],
    [
        "[human]: Can you help me to bake bread without yeast?\n[bot]: Use baking soda and buttermilk.",
        "[human]: How long in the oven?\n[bot]: Forty minutes at 200 degrees.",
    ],
]
ALL = [turn for session in HISTORY for turn in session]


@pytest.mark.parametrize("config", ["configs/mpnet.yaml", "bm25.yaml", "fast"])
@pytest.mark.parametrize("granularity", ["turn", "segment", "session"])
def test_memory_is_built_and_asked(granularity, config):
    manager = SeCom(granularity=granularity, config_path=config)
    made = manager.get_memory(["What colour is the boat?", "Where does Carla work?"], HISTORY, 0.75, retrieve_topk=1)
    assert len(made["retrieved_texts"]) == 2
    for text, word in zip(made["retrieved_texts"], ("boat", "Carla"), strict=True):
        assert word in text
        assert all(turn in ALL for turn in text.split("\n\n") for turn in _turns(turn))  # the original is delivered
    if granularity == "turn":
        assert made["n_retrieved_turn"] == 1
    assert made["n_retrieved_token"] > 5
    manager.close()


def _turns(text):
    return ["[human]" + part.rstrip("\n") for part in text.split("[human]")[1:]]


@pytest.mark.parametrize("granularity", ["turn", "segment", "session"])
def test_new_turns_are_found_at_once_and_their_keys_are_compressed(granularity):
    # defects 3 and 4: turn mode raises, sessions cannot be opened, new turns are not compressed, BM25 is stale
    manager = SeCom(granularity=granularity, config_path="configs/bm25.yaml")
    manager.build_memory(HISTORY, compress_rate=0.6)
    manager.update_memory("[human]: The violin lesson with Mr. Ota is moved to Thursday, by the way.\n[bot]: Noted.")
    manager.update_memory("[human]: I will visit the museum of glass on Sunday.\n[bot]: Enjoy.", new_session=True)
    for question, word in (("When is the violin lesson?", "Thursday"), ("museum of glass", "Sunday")):
        assert word in manager.get_memory(question, retrieve_topk=1)["retrieved_texts"][0]
    keys = " ".join(unit.page_content for unit in manager.memory_bank)
    assert "by the way" not in keys
    assert len({len(unit.metadata["content"]) for unit in manager.memory_bank}) >= 1
    if granularity == "session":
        assert [len(unit.metadata["content"]) for unit in manager.memory_bank] == [3, 3, 1]
    manager.close()


def test_units_come_in_time_order():  # defect 6
    manager = SeCom(granularity="turn", config_path="fast.yaml")
    text = manager.get_memory("oven minutes, red sail, nurse", HISTORY, retrieve_topk=3)["retrieved_texts"][0]
    places = [ALL.index(turn) for turn in text.split("\n\n")]
    assert places == sorted(places)
    assert len(places) == 3


def test_memory_lasts_and_clears_whole(tmp_path):  # defects 5 and 9
    path = tmp_path / "m.db"
    manager = SeCom(store=path)
    manager.build_memory(HISTORY)
    manager.close()
    again = SeCom(store=path)
    assert "red" in again.get_memory("What colour is the boat?", retrieve_topk=1)["retrieved_texts"][0]
    again.clear()
    with pytest.raises(InvalidInput, match="conversation_history"):
        again.get_memory("What colour is the boat?")
    again.close()


def test_segments_and_compression_by_themselves():
    manager = SeCom()
    segments = manager.segment(HISTORY)
    assert [turn for segment in segments for turn in segment] == ALL
    short = manager.compress(segments, 0.5)
    assert [len(unit) for unit in short] == [len(unit) for unit in segments]
    assert sum(map(len, (t for u in short for t in u))) < 0.7 * sum(map(len, ALL))
    assert manager.compress(segments, 1.0) == segments
    assert manager.compress([["[human]: a [bot]: b"]], 0.1) == [["[human]: a [bot]: b"]]
    with pytest.raises(InvalidInput):
        manager.update_memory("a turn before anything was built")
    manager.close()


def test_no_key_no_network_no_heavy_import():  # defects 1 and 2
    code = (
        "import sys; from tamis.compat.secom import SeCom; m = SeCom('turn', 'fast.yaml'); "
        "m.build_memory([['a boat', 'a nurse']]); print(m.get_memory('boat', retrieve_topk=1)['retrieved_texts']); "
        "print([name for name in ('torch', 'transformers', 'vllm', 'faiss', 'openai') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PATH": ""})
    assert done.stdout == "['a boat']\n[]\n"


def test_bad_arguments():
    with pytest.raises(UnknownName, match="granularity"):
        SeCom("page")
    with pytest.raises(UnknownName, match="mpnet"):
        SeCom(config_path="configs/mpnett.yaml")
    manager = SeCom(config_path="fast")
    for history in (["one text"], [["fine"], [""]], [[5]]):
        with pytest.raises(InvalidInput):
            manager.build_memory(history)
    for rate in (0, 1.5, "much"):
        with pytest.raises(InvalidInput, match="compress_rate"):
            manager.build_memory(HISTORY, compress_rate=rate)
    manager.build_memory(HISTORY)
    for requests in ([], [5]):
        with pytest.raises(InvalidInput):
            manager.get_memory(requests)
    assert json.dumps(manager.get_memory("boat"))
