"""Versioned JSON: what was written is read, anything else is one kind of error."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidPlan
from tamis.io.schema import Schema

SCHEMA = Schema("tamis.test", 2, InvalidPlan, "No test: {}.", "What `dumps` wrote.")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text().filter(lambda name: name not in ("schema", "version")), VALUES))
def test_what_was_written_is_read(data):
    assert SCHEMA.loads(SCHEMA.dumps(data)) == {"schema": "tamis.test", "version": 2, **data}


@given(VALUES | st.dictionaries(st.sampled_from(["schema", "version"]), VALUES | st.just("tamis.test")))
def test_any_other_json_is_an_error_of_the_schema(value):
    with pytest.raises(InvalidPlan):
        SCHEMA.loads(json.dumps(value))


@pytest.mark.parametrize("text", ["", "{", "\0", "[" * 100_000, "[]", "{}", "null"])
def test_what_is_no_json_object_is_an_error_that_quotes_it(text):
    with pytest.raises(InvalidPlan, match=r"No test: .*What `dumps` wrote\.") as caught:
        SCHEMA.loads(text)
    assert repr(text[:60]) in str(caught.value)


def test_another_schema_and_a_later_version_are_named():
    with pytest.raises(InvalidPlan, match=r"Schema 'tamis\.plan', version 1\. tamis\.test, 2\."):
        SCHEMA.loads('{"schema": "tamis.plan", "version": 1}')
    with pytest.raises(InvalidPlan, match=r"Schema 'tamis\.test', version 3\."):
        SCHEMA.loads(SCHEMA.dumps({"version": 3}))
    with pytest.raises(InvalidPlan, match=r"a\.json is of version 3; this tamis reads 2\. Update tamis\."):
        SCHEMA.check({"schema": "tamis.test", "version": 3}, "a.json")
    with pytest.raises(InvalidPlan, match=r"a\.json holds 'tamis\.plan', not 'tamis\.test'"):
        SCHEMA.check({"schema": "tamis.plan", "version": 1}, "a.json")


def test_an_earlier_version_is_read():
    SCHEMA.check({"schema": "tamis.test", "version": 1})


def test_what_a_reader_does_not_expect_is_an_error_and_typed_errors_pass():
    with pytest.raises(InvalidPlan, match="No test"), SCHEMA.reading("text"):
        _ = {}["missing"]
    with pytest.raises(InvalidPlan, match="own"), SCHEMA.reading("text"):
        raise InvalidPlan("own")
