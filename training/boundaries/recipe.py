"""The boundary head: a logistic regression over `memory.segment.features`, one for each kind of talk.

    python -m training.boundaries.recipe --data FOLDER

Chats: TIAGE (its train split) and glued fragments of Topical-Chat. Tasks: glued dialogues of SGD. Meetings: QMSum and
the headings of Bitcoin transcripts. Glue is runs of turns from different dialogues of one source; its joints are the
boundaries. The threshold of each kind is what scores best in five folds of its training talks; held-out talks decide
nothing. Everything is drawn from one seed.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import numpy as np

from tamis.core import Bools, Floats
from tamis.io.files import write
from tamis.memory.segment.agreement import Measures, averaged, measured
from tamis.memory.segment.features import CAUSAL, WIDE, ahead, causal, products
from tamis.memory.segment.grid import stored
from tamis.memory.segment.protocol import Vectors
from tamis.memory.types import Turn

SEED, FOLDS, GLUED = 0, 5, 300
L2, FINE = 3.0, 1_600.0  # of the features and of the products, chosen by the folds on TIAGE's train split
TOLD = re.compile(r"^(?P<speaker>[^:\n]{1,40}): ?(?P<text>.*)$")
LONGEST = 400  # turns of one talk that are read


@dataclass(frozen=True, eq=False)
class Talk:
    """A talk and its true boundaries, (n,) flags."""

    turns: tuple[Turn, ...]
    truth: Bools


@dataclass(frozen=True, eq=False)
class Seen:
    """A talk as the head sees it: (n, k) features, causal and wide, and (n, 2 d) products of vectors."""

    truth: Bools
    causal: Floats
    wide: Floats
    products: Floats


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a head is fitted.

    Attributes:
        which: "causal" or "wide".
        fine: L2 of the products; None leaves them out.
    """

    which: str
    fine: float | None = FINE

    def rows(self, talk: Seen) -> Floats:
        """(n, k) what the head sees of a talk."""
        rows: Floats = getattr(talk, self.which)
        return rows if self.fine is None else np.hstack([rows, talk.products])


@dataclass(frozen=True, slots=True)
class Head:
    """Weights in the features' own units: the logit is bias + weights . features.

    Attributes:
        threshold: probability from which a turn opens a segment.
        score: that the folds gave it.
    """

    recipe: Recipe
    bias: float
    weights: Floats
    threshold: float = 0.5
    score: float = 0.0

    def chances(self, talk: Seen) -> Floats:
        """(n,) probabilities that turns open a segment."""
        logits = self.recipe.rows(talk) @ self.weights + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))))


def tiage(path: Path) -> tuple[list[Talk], list[Talk]]:
    """The train and the dev split."""
    said = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    talks: dict[str, list[Talk]] = {}
    for one in said:
        turns = tuple(Turn(text, "AB"[n % 2]) for n, text in enumerate(one["utterances"]))
        truth = np.zeros(len(turns), np.bool_)
        truth[np.cumsum([0, *one["segments"][:-1]])] = True
        talks.setdefault(one["set"], []).append(Talk(turns, truth))
    return talks["train"], talks["dev"]


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """The values of compressed JSON lines."""
    import zstandard

    with path.open("rb") as file:
        for line in TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8"):
            yield json.loads(line)


def headed(path: Path, *, least: int = 10) -> list[Talk]:
    """Talks whose boundaries are told: topics of meetings, headings of transcripts."""
    found = []
    for one in lines_of(path):
        if one["id"] in ("README.md", "STYLE.md") or sum(one["boundary"]) < 2 or len(one["turns"]) < least:
            continue
        turns = tuple(_told(text) for text in one["turns"][:LONGEST])
        truth = np.array(one["boundary"][:LONGEST], np.bool_)
        truth[0] = True
        if truth[1:].any():
            found.append(Talk(turns, truth))
    return found


def dialogues(path: Path, source: str) -> list[list[Turn]]:
    """The dialogues of one source of the corpus, as turns."""
    found = []
    for one in lines_of(path):
        if one["source"].split("/")[0] == source:
            turns = [_told(line) for line in one["text"].splitlines() if line.strip()]
            found.append([turn for turn in turns if turn.text.strip()])
    return [turns for turns in found if len(turns) >= 6]


def _told(line: str) -> Turn:
    match = TOLD.match(line)
    return Turn(match["text"], match["speaker"]) if match and match["text"].strip() else Turn(line)


def glued(talks: Sequence[Sequence[Turn]], count: int, seed: int = SEED) -> list[Talk]:
    """Talks of 3 to 7 fragments of different dialogues, half of them from a dialogue's beginning."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        parts = [_fragment(one, chance) for one in chance.sample(talks, chance.randint(3, 7))]
        truth = np.zeros(sum(map(len, parts)), np.bool_)
        truth[np.cumsum([0, *(len(part) for part in parts[:-1])])] = True
        found.append(Talk(tuple(turn for part in parts for turn in part), truth))
    return found


def _fragment(turns: Sequence[Turn], chance: random.Random) -> Sequence[Turn]:
    size = min(len(turns), chance.randint(3, 12))
    start = 0 if chance.random() < 0.5 else chance.randint(0, len(turns) - size)
    return turns[start : start + size]


def seen(talks: Sequence[Talk], encode: Callable[[Sequence[str]], Vectors]) -> list[Seen]:
    """The talks as the head sees them."""
    vectors = stored(encode([turn.text for talk in talks for turn in talk.turns]))
    ends = np.cumsum([len(talk.turns) for talk in talks])[:-1]
    return [
        Seen(talk.truth, causal(talk.turns, rows), ahead(talk.turns, rows), products(rows).astype(np.float32))
        for talk, rows in zip(talks, np.split(vectors, ends), strict=True)
    ]


def fitted(talks: Sequence[tuple[Seen, float]], recipe: Recipe) -> Head:
    """A head without a threshold yet; each talk counts as much as is said beside it."""
    rows = np.concatenate([recipe.rows(talk)[1:] for talk, _ in talks])
    truth = np.concatenate([talk.truth[1:] for talk, _ in talks]).astype(np.float64)
    heavy = np.concatenate([np.full(len(talk.truth) - 1, weight) for talk, weight in talks])
    mean, scale = rows.mean(0), rows.std(0) + 1e-9
    few = rows.shape[1] if recipe.fine is None else rows.shape[1] - talks[0][0].products.shape[1]
    penalty = np.concatenate([[0.0], np.full(few, L2), np.full(rows.shape[1] - few, recipe.fine or 0.0)])
    found = _newton(np.column_stack([np.ones(len(rows)), (rows - mean) / scale]), truth, heavy, penalty)
    own = found[1:] / scale
    return Head(recipe, float(found[0] - own @ mean), own)


def _newton(rows: Floats, truth: Floats, heavy: Floats, penalty: Floats) -> Floats:
    """The minimum of the weighted log loss with these L2 penalties."""
    found = np.zeros(rows.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (heavy * (chance - truth)) + penalty * found
        curve = (rows * (heavy * chance * (1 - chance) + 1e-9)[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        found -= step
        if np.abs(step).max() < 1e-7:
            break
    return found


def cut(head: Head, talks: Sequence[Seen], threshold: float | None = None) -> Measures:
    """How well a head cuts talks."""
    bar = head.threshold if threshold is None else threshold
    return averaged(measured(talk.truth, _opens(head.chances(talk), bar)) for talk in talks)


def _opens(chances: Floats, threshold: float) -> Bools:
    """(n,) flags; the first turn always opens."""
    flags = np.asarray(chances >= threshold)
    flags[:1] = True
    return flags


def calibrated(talks: Sequence[Seen], recipe: Recipe, more: Sequence[Seen] = (), weight: float = 0.1) -> Head:
    """A head fitted on all talks; its threshold is what scores best on talks that its folds' heads did not see.

    more -- further talks to fit on, that count `weight` each and decide on no threshold
    """
    beside = [(talk, weight) for talk in more]
    order = np.random.default_rng(SEED).permutation(len(talks))
    bars = np.linspace(0.1, 0.8, 29)
    scores = np.zeros(len(bars))
    for fold in range(FOLDS):
        out = set(order[fold::FOLDS].tolist())
        head = fitted([(talk, 1.0) for n, talk in enumerate(talks) if n not in out] + beside, recipe)
        rest = [talks[n] for n in sorted(out)]
        scores += [cut(head, rest, bar).score / FOLDS for bar in bars.tolist()]
    best = int(scores.argmax())
    head = fitted([(talk, 1.0) for talk in talks] + beside, recipe)
    return replace(head, threshold=float(bars[best]), score=float(scores[best]))


def written(head: Head, talks: Sequence[Seen]) -> dict[str, Any]:
    """A head as JSON values, with the threshold of every density on its training talks."""
    few = len(CAUSAL if head.recipe.which == "causal" else WIDE)
    chances = np.concatenate([head.chances(talk)[1:] for talk in talks])
    shares = (0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 0.9)
    return {
        "bias": round(head.bias, 6),
        "weights": [round(x, 6) for x in head.weights[:few].tolist()],
        "products": [round(x, 5) for x in head.weights[few:].tolist()],
        "threshold": round(head.threshold, 4),
        "curve": [[share, round(float(np.quantile(chances, 1 - share)), 5)] for share in shares],
    }


KINDS = {  # kind of talk: what its threshold is calibrated on, what is learned from besides, how much that counts
    "chat": ("TIAGE train", "Topical-Chat", 0.1),
    "task": ("SGD", "Topical-Chat", 1.0),
    "meeting": ("headings", "QMSum", 0.1),
}
UNMET = (("Topical-Chat", "SGD held out"), ("SGD", "Topical-Chat held out"))


def run(data: Path, target: Path, encode: Callable[[Sequence[str]], Vectors]) -> dict[str, Any]:
    """Make all heads, write them, and measure them on talks that they were not made from."""
    made = {name: seen(talks, encode) for name, talks in gathered(data).items()}
    heads: dict[str, Any] = {}
    report: dict[str, Any] = {}
    for kind, (own, other, weight) in KINDS.items():
        for which in ("causal", "wide"):
            head = calibrated(made[own], Recipe(which, None if kind == "meeting" else FINE), made[other], weight)
            heads.setdefault(kind, {})[which] = written(head, made[own])
            held = {name: asdict(cut(head, made[name])) for name in made if name.endswith(("dev", "held out"))}
            report[f"{kind}, {which}"] = {"folds": head.score, **held}
    for source, held_out in UNMET:  # a source that the head has never met
        for which in ("causal", "wide"):
            report[f"{source} only, {which}"] = {
                held_out: asdict(cut(calibrated(made[source], Recipe(which)), made[held_out]))
            }
    write(target, (json.dumps(heads) + "\n").encode())
    return report


def gathered(data: Path) -> dict[str, list[Talk]]:
    """All talks by name; those "held out" share no dialogue with the others."""
    corpus, labelled = data / "corpus" / "dialogue.jsonl.zst", data / "segmentation"
    train, dev = tiage(labelled / "tiage_train_dev.jsonl")
    tasks, chats = dialogues(corpus, "sgd"), dialogues(corpus, "topical-chat")
    meetings = headed(labelled / "qmsum_topics_trainval.jsonl.zst")[:100]
    headings = headed(labelled / "bitcointranscripts_headings.jsonl.zst")[:200]
    return {
        "TIAGE train": train,
        "TIAGE dev": dev,
        "SGD": glued(tasks[:4_000], GLUED),
        "SGD held out": glued(tasks[4_000:], GLUED // 2, SEED + 1),
        "Topical-Chat": glued(chats[:1_500], GLUED),
        "Topical-Chat held out": glued(chats[1_500:], GLUED // 2, SEED + 1),
        "QMSum": meetings[:70],
        "QMSum held out": meetings[70:],
        "headings": headings[:140],
        "headings held out": headings[140:],
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Make the heads from a data folder, and print how well they cut what they were not made from."""
    from tamis.models.encoder import load_mini

    parser = argparse.ArgumentParser(prog="python -m training.boundaries.recipe", description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with corpus/ and segmentation/")
    parser.add_argument("--target", type=Path, default=Path("src/tamis/memory/segment/head.json"))
    parser.add_argument("--report", type=Path, help="write the figures as JSON")
    options = parser.parse_args(argv)
    report = run(options.data, options.target, load_mini().vectors)
    if options.report:
        write(options.report, (json.dumps(report, indent=1) + "\n").encode())
    for name, found in report.items():
        scores = {talks: round(values["score"], 3) for talks, values in found.items() if talks != "folds"}
        logging.getLogger(__name__).info("%s: %s", name, scores)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
