"""A configuration of heads as JSON: back to the bit, and refused where it is damaged or of another model."""

from __future__ import annotations

import json

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tamis.attention import selector, sparse  # noqa: E402
from tamis.attention.patterns import Configuration, Head  # noqa: E402
from tamis.errors import InvalidPlan, OutputError, UnreadableInput  # noqa: E402
from tests.tiny import made  # noqa: E402


def two_by_four():
    head = Head("a_shape", {"share": 0.2, "n_sink": 64}, 0.1, 0.2)
    other = Head("vertical_slash", {"share": 0.2, "split": 0.25, "last_q": 64}, 0.3, 0.4)
    return Configuration(((head, other, head, Head("dense")), (other,) * 4), 2, 64, 0.2, "flops", 640, 1, 16, 0)


def test_a_configuration_as_json_and_back(tmp_path):
    found = two_by_four()
    assert Configuration.from_json(found.to_json()) == found
    assert found.patterns == {"vertical_slash": 5, "a_shape": 2, "dense": 1}
    assert "4 vertical_slash 0.25" in str(found)
    text, told = found.to_json(), json.loads(found.to_json())
    assert (told["schema"], told["version"]) == ("tamis.attention.patterns", 1)
    assert told["model"] == {"layers": 2, "heads": 4, "kv_heads": 2}
    for bad in (
        "", "[]", "{}", text[:-9], text.replace("patterns", "plan"), text.replace('"version": 1', '"version": 2'),
        text.replace('"layers": 2', '"layers": 3'), text.replace('"kv_heads": 2', '"kv_heads": 3'),
        text.replace("a_shape", "b_shape"), text.replace('"n_sink": 64', '"n_sink": -1'),
        text.replace('"block": 64', '"block": 65'), text.replace('"error": 0.1', '"error": "x"'),
    ):  # fmt: skip
        with pytest.raises(InvalidPlan):
            Configuration.from_json(bad)
        (tmp_path / "bad.json").write_text(bad)
        with pytest.raises(InvalidPlan):
            selector("minference", config=tmp_path / "bad.json")
    with pytest.raises(UnreadableInput):
        Configuration.load(tmp_path / "none.json")
    with pytest.raises(OutputError):
        found.save(tmp_path)


def test_a_configuration_of_another_shape_is_refused(tmp_path):
    path = tmp_path / "patterns.json"
    two_by_four().save(path)
    for more in ({"num_hidden_layers": 3}, {"num_attention_heads": 8}, {"num_key_value_heads": 4}):
        with pytest.raises(InvalidPlan, match="in the model"), sparse(made(**more), path):
            pass
    with sparse(made(), path):
        pass
    q, k = torch.zeros(1, 4, 100, 8), torch.zeros(1, 4, 100, 8)
    with pytest.raises(InvalidPlan, match="key/value heads"):
        two_by_four().selector()(q, k, layer=0)
