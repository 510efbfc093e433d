"""The texts, questions and documents that the calls of many groups share; a change here changes the recording."""

from __future__ import annotations

import json

from .places import EXAMPLES

ENGLISH = """\
The harbour committee met on Tuesday, 14 March 2023, to look again at the plan for the north quay. Ms. Aalto said that
the dredging had cost 1,280,000 euros so far, which was not within the budget. It was agreed that no further work would
be ordered before the survey is in; she will write to the contractor by Friday. "We can't wait for ever," Mr. Okafor
said. Who pays for the lamps? See https://example.org/quay or write to quay@example.org; the plans are in
/srv/plans/quay-v2.3.pdf and `make plan` draws them. The ferries, as everybody knows, have been late since May.
"""
GERMAN = (
    "Der Ausschuss traf sich am 14. März 2023 in Köln und sprach über die alte Mühle, die seit Jahren leer steht. "
    "Frau Grünwald sagte, dass die Straße nicht vor Oktober fertig wird und 3,5 Millionen Euro kostet. "
    "Niemand war dagegen, aber der Kämmerer wollte die Rechnungen noch einmal sehen."
)
CHINESE = (
    "委员会于2023年3月14日在上海开会，讨论了旧码头的改造计划。王女士说，到目前为止已经花费了一百二十八万元，超出了预算。"
    "会议决定，在调查完成之前不再订购任何工程。谁来支付路灯的费用？"
)
THAI = (
    "คณะกรรมการประชุมเมื่อวันที่ 14 มีนาคม 2566 เพื่อพิจารณาแผนท่าเรือเหนืออีกครั้ง "
    "คุณอาร์โตกล่าวว่าค่าใช้จ่ายสูงถึง 1,280,000 บาท ซึ่งเกินงบประมาณ"
)
ARABIC = (
    "اجتمعت اللجنة يوم الثلاثاء 14 مارس 2023 في القاهرة للنظر في خطة الرصيف الشمالي. "
    "قالت السيدة ليلى إن التكلفة بلغت ١٬٢٨٠٬٠٠٠ يورو، وهذا ليس ضمن الميزانية."
)
EMOJI = (
    "Great trip 🚂🏔️ to Bern! 👩‍👩‍👧‍👦 loved it, rain ☔ or not 🙅🏽‍♀️. Café №7 was closed 😢 "
    "— we ate 🍕🍕 at 9 p.m. 🇨🇭 Naïve? e\u0301te\u0301!"
)
CODE = '''\
def fib(n: int) -> int:
    """The n-th number of Fibonacci, 0 for n = 0."""
    a, b = 0, 1
    for _ in range(n):  # not recursive: that would be slow
        a, b = b, a + b
    return a


if __name__ == "__main__":
    print([fib(n) for n in range(10)], "https://example.org/fib")
'''
JSON_TEXT = json.dumps(
    {
        "order": "A-1032",
        "to": {"name": "Okafor", "city": "Leeds"},
        "lines": [{"sku": 7, "qty": 2.5}] * 3,
        "paid": False,
    },
    indent=2,
)
MARKDOWN = """\
# Quay

* The **north** quay was built in 1826.
* It burned in 1901, on a night in March; see [the report](https://example.org/r).

| year | cost |
|---|--:|
| 1826 | 12,000 |
| 1901 | 90,500 |

```bash
make quay --fast
```

> "No ship shall lie here," the board said.
"""
TEXTS = {
    "en": ENGLISH, "de": GERMAN, "zh": CHINESE, "th": THAI, "ar": ARABIC, "emoji": EMOJI, "code": CODE,
    "json": JSON_TEXT, "md": MARKDOWN, "empty": "", "blank": " \n\t\n  \u3000\r\n",
}  # fmt: skip
ODD = "a\r\nb\x00c \ufeffd\u200be  \u202ef " + "x" * 300 + " \ud7ff 1.5e-3 don't can't\n\n\n\nEnd"
QUESTIONS = {
    "en": "How much did the dredging cost?",
    "de": "Was kostet die Straße?",
    "zh": "花费了多少？",
    "th": "ค่าใช้จ่ายเท่าไร",
    "ar": "كم بلغت التكلفة؟",
    "emoji": "Where did we eat?",
    "code": "What does fib return?",
    "json": "Who gets it?",
    "md": "When did it burn?",
    "empty": "What?",
    "blank": "What?",
}
DOCUMENTS = (
    "The mill on the Aire was built in 1826 by Titus Rowe. It burned down in 1901, on a night in March.",
    "The canal reached the town in 1816. Coal came by boat until 1948, and then by rail.",
    "The town hall has a clock from Leeds. It has been five minutes slow since it was hung.",
    "Ferries cross the river daily. In winter, above force eight, the captain may cancel the crossing.",
)
BURN = "When did the mill burn down?"
METHODS = (
    "auto", "llmlingua2", "llmlingua", "longllmlingua", "random", "truncate", "stopwords", "tfidf-words",
    "bm25-sentences", "embedding-sentences",
)  # fmt: skip
ASKING = ("longllmlingua", "bm25-sentences", "embedding-sentences")
DETECTORS = (
    "numbers", "negations", "urls", "emails", "paths", "code", "dates", "names", "questions", "quotes", "markdown",
)  # fmt: skip


def transcript() -> str:
    """A real transcript of a meeting."""
    return (EXAMPLES / "meeting.txt").read_text(encoding="utf-8")
