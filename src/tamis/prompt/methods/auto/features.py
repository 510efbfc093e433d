"""What a question has to do with sentences and passages: words in common, and cosines of sentence vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tamis.core import Floats, Ints
from tamis.errors import InvalidInput
from tamis.prompt.methods.auto.layout import PassageLayout, TitledPassage
from tamis.prompt.request import Request
from tamis.text.function_words import FUNCTION_WORDS
from tamis.text.languages import language_of
from tamis.text.stems import has_stemmer, stemmer
from tamis.text.words import words

if TYPE_CHECKING:
    from tamis.models.encoder import Mini

K1, B = 1.2, 0.75  # BM25: saturation of repeated terms, weight of the length (Robertson & Zaragoza 2009)


class Bags:
    """Sentences as bags of lower-cased words.

    Attributes:
        sentences: how many.
        terms: (n,) term of each word.
        pair_of_word: (n,) number of each word's (sentence, term) pair.
        pair_sentence, pair_term, counts: (p,) each distinct pair, and how often it occurs.
        spread: (t,) in how many sentences each term occurs.
    """

    def __init__(self, bodies: Sequence[str], sentence_of: Ints, sentences: int) -> None:
        self.sentences = sentences
        self.index: dict[str, int] = {}
        self.terms = np.array([self.index.setdefault(b.lower(), len(self.index)) for b in bodies], np.int64)
        size = max(len(self.index), 1)
        pairs, self.pair_of_word, self.counts = np.unique(
            sentence_of * size + self.terms, return_inverse=True, return_counts=True
        )
        self.pair_sentence, self.pair_term = pairs // size, pairs % size
        self.spread = np.bincount(self.pair_term, minlength=size)


def bm25(request: Request, group_of: Ints, groups: int) -> Floats:
    """Return the BM25 of groups of words (sentences, passages) to the question, the groups being the collection.

    group_of -- (n,) group of each word
    returns -- (groups,)
    """
    return okapi(request.units.bodies(), group_of, groups, terms(request.question or ""))


def okapi(bodies: Sequence[str], group_of: Ints, groups: int, query: Iterable[str]) -> Floats:
    """Return the BM25 of groups of words to the words asked for; upper and lower case are one, repeats count once.

    bodies -- (n,) the words
    group_of -- (n,) group of each
    returns -- (groups,)
    """
    wanted = {term: number for number, term in enumerate(sorted({word.lower() for word in query}))}
    hits = [(i, wanted[low]) for i, body in enumerate(bodies) if (low := body.lower()) in wanted]
    place, asked = np.array(hits, np.int64).reshape(-1, 2).T
    many = max(len(wanted), 1)
    pairs, count = np.unique(group_of[place] * many + asked, return_counts=True)
    where, term = pairs // many, pairs % many
    size = np.bincount(group_of, minlength=groups)
    norm = K1 * (1 - B + B * size / max(float(size.mean()) if groups else 1.0, 1e-9))
    spread = np.bincount(term, minlength=many)
    idf = np.log(1 + (groups - spread + 0.5) / (spread + 0.5))
    gain = idf[term] * count * (K1 + 1) / (count + norm[where])
    return np.bincount(where, gain, minlength=groups).astype(np.float64)


def lexical(request: Request, at: PassageLayout) -> tuple[Floats, Floats]:
    """Return the BM25 of sentences (s,) and of titled passages (p,) to the question, by stems, 1 for the best."""
    stems = stemming(request.text)
    query = stems(terms(request.question or ""))
    bodies, of = stems(request.units.bodies()), at.sentence_of
    content = np.flatnonzero(np.array(bodies, np.bool_))
    sentence = okapi([bodies[i] for i in content.tolist()], of[content], len(at.sentences), query)
    body = content[~at.heading[of[content]]]  # (a passage has its title once, though it stand in another passage)
    title_of = {title: stems(terms(title)) for title in {p.title for p in at.passages}}
    titles = [stem for p in at.passages for stem in title_of[p.title]]
    under = np.repeat(np.arange(len(at.passages)), [len(title_of[p.title]) for p in at.passages])
    group = np.concatenate([at.passage_of[of[body]], under.astype(np.int64)])
    passage = okapi([*(bodies[i] for i in body.tolist()), *titles], group, len(at.passages), query)
    return _relative(sentence), _relative(passage)


def _relative(values: Floats) -> Floats:
    """The largest is 1."""
    return values / max(float(values.max(initial=0.0)), 1e-9)


def stemming(text: str) -> Callable[[Sequence[str]], list[str]]:
    """Return what makes words of a text's language stems in lower case, "" for function words and punctuation.

    Example: stemming("The ships sailed.")(["Ships", "were", "sunk"]) -> ["ship", "", "sunk"]
    """
    language = language_of(text)
    name = "english" if language is None else language.name.lower()
    stem = stemmer(name) if has_stemmer(name) else str
    function = FUNCTION_WORDS if name == "english" else frozenset[str]()

    def stems(bodies: Sequence[str]) -> list[str]:
        lowered = ((body, body.lower()) for body in set(bodies))
        known = {body: stem(low) if low not in function and any(map(str.isalnum, low)) else "" for body, low in lowered}
        return [known[body] for body in bodies]

    return stems


def terms(text: str) -> list[str]:
    """Return the words of a text, without punctuation."""
    units = words(text)
    return [body for body, punct in zip(units.bodies(), units.punct.tolist(), strict=True) if not punct]


def cosines(requests: Sequence[Request], layouts: Sequence[PassageLayout]) -> list[tuple[Floats, Floats]]:
    """Return for each request the question's cosine with every titled sentence (s,) and every titled passage (p,)."""
    texts: list[str] = []
    for request, layout in zip(requests, layouts, strict=True):
        texts.append(request.question or "")
        texts += [titled_sentence(request, layout, i) for i in range(len(layout.sentences))]
        texts += [titled(request, p) for p in layout.passages]
    vectors = encoder_of(requests[0]).vectors(texts) if texts else np.zeros((0, 1))
    pairs: list[tuple[Floats, Floats]] = []
    begin = 0
    for layout in layouts:
        middle, end = begin + 1 + len(layout.sentences), begin + 1 + len(layout.sentences) + len(layout.passages)
        question = vectors[begin].astype(np.float64)
        pairs.append((vectors[begin + 1 : middle] @ question, vectors[middle:end] @ question))
        begin = end
    return pairs


def titled_sentence(request: Request, layout: PassageLayout, number: int) -> str:
    """Return a sentence with its passage's title before it; a title or heading alone."""
    body = layout.sentences[number].of(request.text).strip()
    title = layout.passages[layout.passage_of[number]].title
    return f"{title}\n{body}" if title and not layout.heading[number] else body


def titled(request: Request, passage: TitledPassage) -> str:
    """Return a passage's text with its title before it."""
    body = passage.span.of(request.text)  # not stripped: offsets into it are offsets into the source, shifted
    return f"{passage.title}\n{body}" if passage.title else body


def encoder_of(request: Request) -> Mini:
    """Return the small encoder that a request asks for; errors as `load_encoder`."""
    return load_encoder(request.model, request.options.threads)


def load_encoder(model: str, threads: int | None) -> Mini:
    """Open a small encoder.

    Raises:
        InvalidInput: the model is a token classifier, which has no sentence vectors.
        ModelError, UnknownName: there is no such model.
    """
    from tamis.models.catalog import load
    from tamis.models.encoder import Mini  # (onnxruntime: only who scores by a model loads it)

    encoder = load(model, threads=threads)
    if not isinstance(encoder, Mini):
        raise InvalidInput(f"The model {model!r} is a token classifier.", hint="Use it with method='llmlingua2'.")
    return encoder
