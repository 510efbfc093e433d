"""Random YAML, line by line: comments, anchors, tags, block scalars, flow style, several documents."""

from __future__ import annotations

SAYING = (
    "The committee met on 12 May and heard about the mill, which has been closed for years. Ms. Ito signed the report "
    "but not the letter. It costs 1,250.50 euros at most and nobody knew why the pump had stopped at twelve, and the "
    "engineer said that he would not go there again without a lamp and a rope. So bring 3 lamps and 2 ropes and the map"
)
PLAIN = ["1", "-2.5", "lamp", "a b c", "~", "true", "2024-01-02", "é💡", "a#b", "http://x:1/y", "-x", "[]", "{}", ""]
QUOTED = ["'it''s'", r'"q \n \u00e9"', f'"{SAYING}"', f"'{SAYING}'", "!t v"]
BODIES = [["text", "", "  more", "# no comment: x"], SAYING.split(". "), [SAYING], ["- a", "b: c"]]
NOTES = ["", "", "", "  # end, [x"]


class RandomYaml:
    """Writes one text."""

    def __init__(self, rng) -> None:
        self.rng = rng
        self.anchors: list[str] = []

    def text(self) -> str:
        """One to three documents."""
        rng, lines = self.rng, []
        for number in range(rng.choice([1, 1, 1, 2, 3])):
            self.anchors = []
            if number or rng.random() < 0.3:
                lines.append(rng.choice(["---", "--- # d"] if number else ["---", "--- # d", "%YAML 1.1\n---"]))
            lines += self.block(0, 0)
            if rng.random() < 0.1:
                lines.append("...")
        text = "\n".join(lines) + rng.choice(["\n", "\n", ""])
        text = text.replace("\n", "\r\n") if rng.random() < 0.1 else text
        return "\ufeff" * (rng.random() < 0.05) + text

    def document(self) -> str:
        """One document with its marker: several in a row are one stream."""
        return "\n".join(["---", *self.block(0, 0), ""])

    def block(self, indent: int, depth: int) -> list[str]:
        """A mapping or a list."""
        rng, pad, lines = self.rng, " " * indent, []
        mapping = rng.random() < 0.6
        for number in range(rng.randrange(1, 5)):
            if rng.random() < 0.15:
                lines.append(pad + "# note: - x")
            if mapping:
                key = rng.choice(["a{}", "id{}", "name{}", "key b{}", "'q{}'", '"w{}"', "é{}"]).format(number)
                lines += self.value(f"{pad}{key}:", indent, depth)
            else:
                lines += self.item(pad, indent, depth)
            if rng.random() < 0.05:
                lines.append("")
        return lines

    def item(self, pad: str, indent: int, depth: int) -> list[str]:
        """An item of a list; a mapping may begin on its line."""
        if self.rng.random() > 0.3 or depth > 3:
            return self.value(pad + "-", indent, depth)
        lines = self.block(indent + 2, depth + 1)
        while not lines[0].strip() or lines[0].lstrip().startswith("#"):
            del lines[0]
        return [f"{pad}- {lines[0].lstrip()}", *lines[1:]]

    def value(self, head: str, indent: int, depth: int) -> list[str]:
        """What stands behind a key or a dash."""
        rng = self.rng
        kind, note = rng.random(), rng.choice(NOTES)
        if kind < 0.3 and depth < 4:
            mark = rng.choice(["", "", "", "", " !tag", " &n"])
            inside = self.block(indent + rng.choice([2, 2, 4]), depth + 1)
            return [head + (self.anchor() if mark == " &n" else mark) + note, *inside]
        if kind < 0.4:
            return [f"{head} {self.flow(0)}{note}"]
        if kind < 0.55:
            body = [" " * (indent + 2) + line if line else "" for line in rng.choice(BODIES)]
            return [f"{head} {rng.choice(['|', '>', '|-', '>-', '|+'])}{note}", *body, *[""] * (rng.random() < 0.2)]
        if kind < 0.62 and self.anchors:
            return [f"{head} *{rng.choice(self.anchors)}"]
        mark = self.anchor() if rng.random() < 0.05 else ""
        return [f"{head}{mark} {rng.choice(PLAIN if mark else PLAIN + QUOTED)}{note}"]

    def anchor(self) -> str:
        """An anchor of a name that is new."""
        self.anchors.append(f"n{len(self.anchors)}")
        return f" &{self.anchors[-1]}"

    def flow(self, depth: int) -> str:
        """Something in brackets or braces."""
        rng = self.rng
        if depth > 2 or rng.random() < 0.4:
            return rng.choice(["1", "a", "'x, y'", '"z: {"', "b c", "[]", f'"{SAYING}"'])
        parts = [self.flow(depth + 1) for _ in range(rng.randrange(1, 5))]
        if rng.random() < 0.5:
            return f"[{rng.choice([', ', ',', ' , ']).join(parts)}{rng.choice(['', '', ','])}]"
        return "{" + ", ".join(f"{rng.choice('abcdef')}{i}: {part}" for i, part in enumerate(parts)) + "}"
