"""Compress a prompt: cut it into units, score them, select within the budget, render what stays.

    source -> units -> scores and priorities -> snug(budget, cost = tokens of the rendered text) -> edits of the source

The budget is exact: what is counted, in the target tokenizer, is the very text that is returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tamis.core import AtLeast, Bools, Floats, Ints, Ratio
from tamis.errors import BudgetTooSmall, InvalidInput, RiskyResult
from tamis.prompt.documents.order import arranged, dynamic, merits, rank_by
from tamis.prompt.documents.places import pathless, with_paths
from tamis.prompt.documents.rankers import ranker
from tamis.prompt.documents.rankers.protocol import name_of
from tamis.prompt.documents.ranking import Ranker, Ranking
from tamis.prompt.documents.source import Input, Source, source_of
from tamis.prompt.fit import fit, limit_of_source, unit_costs
from tamis.prompt.forms.mixed import has_prose
from tamis.prompt.forms.nested import LONG
from tamis.prompt.forms.protocol import Form
from tamis.prompt.forms.table import form_of
from tamis.prompt.methods.protocol import Method, Scorer
from tamis.prompt.options import Options
from tamis.prompt.pins import preferences, strays, touched, with_pins
from tamis.prompt.relevance import Relevance, judgements
from tamis.prompt.request import Request
from tamis.prompt.result import Compression, result_of
from tamis.prompt.task import Keep, Settings, Task, task_of
from tamis.text.counting import TokenCounter
from tamis.text.units import Units
from tamis.text.viewed import asides

if TYPE_CHECKING:
    from typing_extensions import Unpack


FINER = {"sentences": "clauses", "clauses": "words"}  # style by style: what is tried where nothing fits
TELEGRAM = "No clause of the one sentence fits the budget: single words were left out, as in a telegram."


def compress(  # noqa: PLR0913  (the public face: each is a thing that users set)
    source: Input,
    *,
    rate: float | None = None,
    tokens: int | None = None,
    threshold: float | None = None,
    question: str | None = None,
    min_relevance: float | None = None,
    keep: Sequence[Keep] = (),
    tokenizer: str | TokenCounter = "o200k_base",
    method: str | Method | Scorer = "auto",
    model: str | None = None,
    options: Options | None = None,
    style: str | None = None,
    ellipsis: str = "",
) -> Compression:
    """Shorten a text, or documents, by deleting what matters least.

    Give one of `rate`, `tokens` and `threshold`; without any, half is kept.

    Args:
        source: a text, a `Document`, a list of them (joined by blank lines), or a `Prompt` with parts of their own
            rates. `<keep>...</keep>` pins what it wraps.
        rate: the share of the tokens to keep at most, 0 to 1.
        tokens: how many tokens to keep at most.
        threshold: keep every word that scores at least this, 0 to 1, whatever it costs.
        question: what the reader will want to know: documents, sentences and words are then ranked by it.
        min_relevance: with a question, documents (of a single text, the text) that hold an answer with less of a
            chance, 0 to 1, go altogether, but for what is pinned: an empty answer is possible.
        keep: what must stay: terms, compiled regular expressions, `Span`s or (start, end) offsets into the source.
        tokenizer: the target model's: "o200k_base", "cl100k_base", "gpt-4o", a tokenizer.json, a folder, or a callable.
        method: "auto", one of `tamis.METHODS`, or a callable: it gets a list of `Request`s and returns an array of
            scores for each, one a word, higher = keep.
        model: None for the method's own ("mini", "mini-lm"); for "llmlingua2" the path or hub name of any token
            classifier, for "llmlingua" and "longllmlingua" those of any causal language model, or a server's address.
        options: the knobs that few need.
        style: what the result is made of: "clauses" (of which words go only where the sense stays), "sentences", or
            "words" (as telegrams are written). None = as the method says: "clauses" for "auto", else "words".
        ellipsis: what stands where something was left out, such as "…"; it counts in the budget. "" for nothing.

    Raises:
        InvalidInput: an argument that cannot be used (`InvalidBudget`, `InvalidKeep`, `UnknownName` are kinds of it).
        BudgetTooSmall: what is pinned does not fit; names it.
        ModelError, MissingExtra: the model cannot be loaded.

    Example: compress(report, rate=0.33).text
    """
    task = task_of(
        rate=rate,
        tokens=tokens,
        threshold=threshold,
        question=question,
        min_relevance=min_relevance,
        keep=keep,
        tokenizer=tokenizer,
        method=method,
        model=model,
        options=options,
        style=style,
        ellipsis=ellipsis,
    )
    return _compressed([source], task)[0]


def compress_many(sources: Sequence[Input], **settings: Unpack[Settings]) -> list[Compression]:
    """Compress many texts with the same settings: as `compress` on each, faster, because the model sees batches."""
    if stray := sorted(settings.keys() - Settings.__annotations__.keys()):
        raise TypeError(f"compress_many() got an unexpected keyword argument {stray[0]!r}")
    if isinstance(sources, str):  # a sequence of texts too, one for each character
        raise InvalidInput("compress_many takes a list of texts, got one text.", hint="For one text there is compress.")
    return _compressed(list(sources), task_of(**settings))


def _compressed(sources: Sequence[Input], task: Task) -> list[Compression]:
    """Score all sources together (the model batches), then select in each."""
    requests = _requests([source_of(source) for source in sources], task)
    read = [request.as_read for request in requests]
    scores, chances = task.method.score(read), judgements(read, task)
    return [_selected(r, s, c, task) for r, s, c in zip(requests, scores, chances, strict=True)]


def _requests(sources: Sequence[Source], task: Task) -> list[Request]:
    """Pin, rank the documents if that comes first, cut into units, and share the budget out."""
    share = None if isinstance(task.budget, AtLeast) else task.method.share
    placed = [with_paths(source, task.form) if task.options.paths else source for source in sources]
    pinned = [with_pins(_asking(source, task), task.keep, controlled=share is not None) for source in placed]
    requests = [_parsed(_ranked(source, task), task) for source in pinned]
    if share is None:
        return requests
    limits = [limit_of_source(request.source, task.budget, task.count) for request in requests]
    return [replace(r, shares=share(r, limit)) for r, limit in zip(requests, limits, strict=True)]


def _selected(request: Request, scores: Floats, chances: Relevance | None, task: Task) -> Compression:
    """Rank the documents if that is still to do, then keep what fits of those that are relevant enough."""
    if request.question and task.method.share is None:
        request, scores = _arranged(request, scores, task)
    if chances is not None and task.min_relevance is not None:
        irrelevant = chances.excluded(request, task.min_relevance)
        request = replace(request, excluded=irrelevant if request.excluded is None else irrelevant | request.excluded)
    try:
        selection = fit(request, scores, task)
    except BudgetTooSmall:  # not with all that is said of what is pinned: then with less of it
        if task.style.name == "words" or not has_prose(task.form, request.units):
            raise
        finer, in_words = _in_style("words", request, task)
        if not _same_cuts(request, finer):
            raise
        request, task = finer, in_words
        selection = fit(request, scores, task)
    remark: tuple[str, ...] = ()
    if not selection.mask.any() and (name := _finer(request, task)):
        finer, in_finer = _in_style(name, request, task)
        if _same_cuts(request, finer):
            request, task = finer, in_finer
            selection = fit(request, scores, task)
            remark = (TELEGRAM,) if name == "words" and selection.mask.any() else ()
    result = _remarked(result_of(request, selection, task, chances), task)
    result = replace(result, remarks=(*result.remarks, *remark)) if remark else result
    if task.options.on_risk is None or not result.risk.risky:
        return result
    return _at_risk(result, request, scores, task)


def _remarked(result: Compression, task: Task) -> Compression:
    """The result, and what of the options could not be done."""
    if task.options.paths and pathless(result.selection.units):
        return replace(result, remarks=("The paths of the options lead nowhere: the text is no JSON, YAML or XML.",))
    return result


def _at_risk(result: Compression, request: Request, scores: Floats, task: Task) -> Compression:
    """What `on_risk` asks for, for a result that says something else than its source."""
    reasons = "; ".join(result.risk.reasons[:3])
    if task.options.on_risk == "raise":
        hint = "Ask for more, or for whole sentences (style), or pin what must stay (keep)."
        raise RiskyResult(f"The result says something else than its source: {reasons}.", hint=hint)
    if task.options.on_risk == "warn":
        return replace(result, remarks=(*result.remarks, f"It says something else than its source: {reasons}."))
    whole = replace(request, excluded=None, source=replace(request.source, rules=()))
    everything = fit(whole, scores, replace(task, budget=Ratio(1.0)))
    kept = result_of(whole, everything, task)
    return replace(kept, remarks=(f"It is kept whole, since shortened it would say something else: {reasons}.",))


def _finer(request: Request, task: Task) -> str:
    """The style to try where nothing fits: clauses of sentences, words of a text of one long sentence; "" for none."""
    name = FINER.get(task.style.name, "") if has_prose(task.form, request.units) else ""
    one_long = name == "words" and len(request.sentences) == 1 and len(request.units) > LONG
    return name if name != "words" or one_long else ""


def _moved(before: Request, after: Request, moved: Ints) -> bool:
    """Whether the units of a request are those of another in the order of `moved`, by their lengths."""
    old, new = before.units, after.units
    return np.array_equal((old.ends - old.starts)[moved], new.ends - new.starts)


def _same_cuts(one: Request, other: Request) -> bool:
    """Whether two requests have the same units, so that scores of one are scores of the other.

    Not where documents were put in another order after they had been read: the kinds of their parts may differ then.
    """
    return np.array_equal(one.units.starts, other.units.starts) and np.array_equal(one.units.ends, other.units.ends)


def _in_style(name: str, request: Request, task: Task) -> tuple[Request, Task]:
    """The same in another style."""
    style = replace(task.style, name=name, whole=name == "clauses")  # (who wanted whole sentences)
    task = replace(task, style=style, form=form_of(task.options, style))
    return replace(request, units=_form(task, request.question).parse(request.text), style=name), task


def _form(task: Task, question: str | None) -> Form:
    """The form of a text; with a question, few clauses are needed, and they stay as they were written."""
    return form_of(task.options, replace(task.style, whole=True)) if question else task.form


def _asking(source: Source, task: Task) -> Source:
    """The source with the caller's question in place of its own, if the caller has one."""
    question = task.question or source.question
    if task.method.needs_question and not question:
        hint = "Pass question=..., or use method='auto'."
        raise InvalidInput(f"The method {task.method.name!r} needs a question.", hint=hint)
    if task.min_relevance is not None and not question:
        raise InvalidInput("min_relevance needs a question: relevant to what?", hint="Pass question=...")
    return replace(source, question=question)


def _ranked(source: Source, task: Task) -> Source:
    """The source as a ranker orders it; as it is where the scores of words are to rank, afterwards."""
    rank, name = _ranker(task)
    if rank is None or not (source.question or task.method.share):
        return source
    return rank_by(source, rank, name, task.options.order)


def _ranker(task: Task) -> tuple[Ranker | None, str]:
    """The caller's ranker or the method's own, and its name; the method's, named by the caller, keeps its model."""
    name, threads = task.options.ranker, task.options.threads
    own = task.method.rank(task.model, threads) if task.method.rank else None
    if name is None:
        return own, name_of(own or "")
    model = task.model if own is not None and name == name_of(own) else None
    return ranker(name, model=model, threads=threads), name_of(name)


def _parsed(source: Source, task: Task) -> Request:
    """Cut the source into units; say which of them are pinned, which preferred, and what each costs."""
    form = _form(task, source.question)
    units = form.parse(source.text)
    if strays(units, [one.span for one in source.pinned]):
        units = form_of(replace(task.options, form="prose"), task.style).parse(source.text)
    preferred = preferences(units, task.options.detectors) if task.method.prefers else ()
    return Request(
        units,
        replace(source, preferred=preferred),
        touched(units, [f.span for f in preferred]),
        source.question,
        task.model,
        task.options,
        pinned=touched(units, [f.span for f in source.pinned]),
        excluded=_no_content(units, source, task),
        costs=unit_costs(units, task.count),
        style=task.style.name,
    )


def _no_content(units: Units, source: Source, task: Task) -> Bools | None:
    """(n,) what is no content of pages, and their tags; None where there is none, or where all of it fits."""
    none = asides(units)
    if none is None or limit_of_source(source, task.budget, task.count) >= task.count(source.text):
        return None if none is None or not isinstance(task.budget, AtLeast) else none
    return none


def _arranged(request: Request, scores: Floats, task: Task) -> tuple[Request, Floats]:
    """Put documents in order by the scores of their words, unless a ranker did; give the better ones more."""
    source, how = request.source, task.options.order
    if len(source.contexts) < 2:
        return request, scores
    if source.ranking is None:
        ranking = Ranking.of(task.method.name, merits(request, scores, source.contexts))
        source = arranged(source, ranking, how)
        blocks = [np.flatnonzero(request.document_of == number) for number in source.numbers]
        before, moved = request, np.concatenate(blocks)
        request = replace(request, source=source) if how == "original" else _parsed(source, task)
        same = _moved(before, request, moved)  # (another order may be of other kinds, and cut otherwise)
        scores = scores[moved] if same else task.method.score([request.as_read])[0]
    if spread := task.options.dynamic:
        scores = dynamic(scores, request.document_of, source.best_first, spread)
    return request, scores
