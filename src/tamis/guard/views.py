"""A verdict, shown where it stands in the text: as a page that loads nothing."""

from __future__ import annotations

from tamis.entities.views import stretches
from tamis.guard.verdict import Verdict
from tamis.io.page import Markup, escape, page


def guard_page(text: str, verdict: Verdict, *, title: str) -> str:
    """The text with what is suspect in it, what it wants, and why."""
    body = "".join(
        f'<mark class="{kind}">{escape(part)}<i>{kind}</i></mark>' if kind else escape(part)
        for part, kind, _ in stretches(text, verdict.spans)
    )
    share = f"{100 * verdict.p:.2g} % of ordinary texts look so suspect."
    fields = {
        "title": title,
        "class": "flagged" if verdict.flagged else "calm",
        "verdict": f"{'Flagged' if verdict.flagged else 'Not flagged'} as the text of a {verdict.where}. {share}",
        "wants": f"Wants: {verdict.intent}" if verdict.intent else verdict.abstained,
        "reasons": Markup("".join(f"<li>{escape(reason)}</li>" for reason in verdict.reasons)),
        "text": Markup(body),
    }
    return page("tamis.guard:page", title=f"{title} - tamis", fields=fields)
