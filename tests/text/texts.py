"""Hypothesis strategies for text as the world writes it."""

from hypothesis import strategies as st

SNIPPETS = [
    "the", "a", "Chicago", "University of Chicago", "don't", "3.5", "$1,234.56", "12%", "https://a.b/c?d=1&e=2", "me@x.org",
    "/usr/local/bin/python3", "C:\\temp\\x.txt", "foo(bar, baz)[0].qux", "`code`", "```py\nx = 1\n```", "**bold**", "# Head",
    "- item", "1. item", "| a | b |", "“quoted words”", '"q"', "(aside)", "—", "...", "…", "and/or", "state-of-the-art",
    "我们今天讨论人工智能", "東京へ行きました。", "สวัสดีชาวโลก", "안녕하세요 세계", "مرحبا بالعالم", "שלום עולם", "हिन्दी में लिखना",
    "👩‍👩‍👧‍👦", "🇩🇪🇫🇷", "1️⃣", "e\u0301", "👍🏽", "use Python编写Java代码", "\u200b", "\x00", "\ud800", "x" * 60, "{\"a\":1,\"b\":[2,3]}",
    "Grad C:", "?", "!", ".", ",", ";", ")", "(", "[", "]", "'", '"', "<keep>", "</keep>", "<|endoftext|>", "a < b",
]  # fmt: skip
GAPS = [" ", " ", " ", " ", "", "\n", "\n\n", "  ", "\t", "\r\n", "\n    ", "\u00a0", "\u3000", "\u2028"]

words_like = st.sampled_from(SNIPPETS)
texts = st.one_of(
    st.lists(st.tuples(words_like, st.sampled_from(GAPS)), max_size=40).map(
        lambda rows: "".join(w + g for w, g in rows)
    ),
    st.text(max_size=80),
    st.text(st.characters(codec=None), max_size=60),
)
