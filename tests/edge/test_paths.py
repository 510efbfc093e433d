"""`tamis compress --form json --path`: rules for values by where they stand."""

from __future__ import annotations

import json

import pytest

FAST = ("--method", "truncate", "--quiet", "--form", "json")
ROWS = [{"id": i, "name": f"lamp {i}", "note": "warm " * 9} for i in range(5)]
TEXT = json.dumps(ROWS).encode()


def test_values_are_kept_and_dropped_by_path(tamis) -> None:
    rules = ("--path", "$[*].note=drop", "--path", "$..name=keep", "--path", "$[0].id=0%")
    rows = json.loads(tamis("compress", "-r", "0.5", *FAST, *rules, stdin=TEXT).text)
    assert [row["name"] for row in rows] == [row["name"] for row in ROWS]
    assert not any("note" in row for row in rows)
    assert "id" not in rows[0]


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("--path", "note=drop"), "is no PATH=RULE"),
        (("--path", "$.note"), "is no PATH=RULE"),
        (("--path", "$.note=dropp"), "Did you mean 'drop'"),
        (("--path", "$.[=drop"), "cannot be read"),
        (("--path", "$.a=drop", "--form", "prose"), "paths go with JSON"),
    ],
)
def test_what_is_no_rule_is_refused(tamis, argv, says) -> None:
    done = tamis("compress", *FAST, *argv, stdin=TEXT)
    assert done.code == 2
    assert says in done.err
