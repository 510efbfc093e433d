import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.text import phrases
from tamis.text.phrases import NAMES, borders
from tamis.text.words import words

EASTERN = st.text(
    st.sampled_from("我们今天讨論的人工智能不是明日は雨が降らないと思ますトキョ・ー一二กไม่ดี。a \n"), max_size=60
)


def slow_score(weights, text, i):
    """BudouX's own sum for the border before character i."""
    score = -0.5 * sum(sum(table.values()) for table in weights.values())
    for kind, size in (("U", 1), ("B", 2), ("T", 3)):
        for place in range(1, 8):
            start = i + place - (4 if kind != "B" else 3)
            if start >= 0 and start + size <= len(text):
                score += weights.get(f"{kind}W{place}", {}).get(text[start : start + size], 0)
    return score


@pytest.mark.parametrize("name", NAMES)
@given(text=EASTERN)
def test_tables_score_as_the_models_do(name, text):
    weights = json.loads((files("budoux") / "models" / f"{name}.json").read_text(encoding="utf-8"))
    scores = phrases._model(name).scores(np.array([ord(c) for c in text], np.int64))
    assert scores[1:].tolist() == [slow_score(weights, text, i) for i in range(1, len(text))]


@given(EASTERN, EASTERN)
def test_a_text_has_the_borders_of_its_lines(first, second):
    one = [len(s) for s in words(first + "\n").spans]
    two = [len(s) for s in words(second.lstrip()).spans]
    both = [len(s) for s in words(first + "\n" + second.lstrip()).spans]
    if first.strip() and second.strip():
        assert both == one + two


@given(EASTERN)
def test_borders_lie_inside_the_runs(text):
    runs = [(1, 4), (6, 20), (20, len(text))] if len(text) > 20 else [(0, len(text))] * bool(text)
    cuts = borders(text, runs)
    assert cuts == sorted(set(cuts))
    assert all(any(a < cut < b for a, b in runs) for cut in cuts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A negator is never parted from what it denies.
        ("请不要在周五之前发邮件", "请不要|在|周五之前发邮件"),
        ("請不要在星期五之前發送郵件，除非我確認。", "請不要|在星期五之前發送郵件|，|除非我確認|。"),
        ("明日は雨が降らないと思います。", "明日は|雨が|降らないと|思います|。"),
        ("東京都知事選挙の結果が発表された", "東京都知事選挙の|結果が|発表された"),
        # Numbers with what they count, names with their dots.
        ("第50回大会で2009年8月に約300人が参加。", "第50回大会で|2009年|8月に|約300人が|参加|。"),
        ("セントラル・リーグの試合", "セントラル・リーグの|試合"),
        # Thai has a model, Burmese and Khmer have none: the run up to a space or stop is one unit.
        ("ผู้ป่วยต้องไม่รับประทานยานี้พร้อมกับแอลกอฮอล์", "ผู้ป่วยต้อง|ไม่|รับประทานยานี้พร้อม|กับ|แอลกอฮอล์"),
        ("ဒီဆေးကို အရက်နဲ့ မသောက်ပါနဲ့။", "ဒီဆေးကို|အရက်နဲ့|မသောက်ပါနဲ့|။"),
        ("សូមកុំផ្ញើអ៊ីមែលមុនថ្ងៃសុក្រ។", "សូមកុំផ្ញើអ៊ីមែលមុនថ្ងៃសុក្រ|។"),
        ("ไทยກະລຸນາ", "ไทย|ກະລຸນາ"),
    ],
)
def test_phrases(text, expected):
    assert "|".join(words(text).bodies()) == expected


def test_a_long_run_without_any_border_is_cut():
    assert max(len(body) for body in words("က" * 1000).bodies()) <= phrases.LONGEST + 1


def test_no_phrases_no_models():
    assert borders("all of it Latin", []) == []
