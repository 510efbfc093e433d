"""`tamis advise`: whether shortening a chat pays."""

from __future__ import annotations

import argparse
import json

from tamis.edge.cli.command import Arguments, add_json, describe
from tamis.io.files import LIMIT

MORE = """\
Counts what a chat costs with a provider's prompt cache, as it is and shortened,
and says what to do for the requests to come, "leave" included. What was is
counted, what comes is estimated from it. Nothing leaves the machine."""

EXAMPLES = """\
examples:
  tamis advise chat.json
  tamis advise chat.json --model gpt-5.4 --turns 30 --rate 0.5
  tamis advise chat.json --cached short --prices mine.json --json

exit codes: 0 done, 2 it cannot be read, or there are no prices"""


class AdviseArguments(Arguments):
    """The command line of `tamis advise`."""

    file: str
    model: str
    prices: str | None
    turns: int | None
    cached: str
    prefill: float | None
    rate: float | None
    method: str
    tokenizer: str
    max_mb: int


def add(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis advise`."""
    from tamis.edge.cli.settings import share
    from tamis.prompt.advisor.advice import CACHED

    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("file", metavar="FILE", help="a chat as in `compress --messages`; - for stdin")
    parser.add_argument("--model", default="claude-sonnet-4.6", metavar="M", help="whose prices (claude-sonnet-4.6)")
    parser.add_argument("--prices", metavar="FILE", help="prices of your own as JSON")
    parser.add_argument("--turns", type=int, metavar="N", help="requests that will come (as many as there were)")
    parser.add_argument(
        "--cached", default="raw", choices=CACHED, help="what the provider's cache holds of the chat (raw)"
    )
    parser.add_argument("--prefill", type=float, metavar="T", help="tokens a second that the model reads")
    parser.add_argument("-r", "--rate", type=share, help="share that a shortened result keeps (0.3)")
    parser.add_argument("--method", default="auto", metavar="M", help="as in compress")
    parser.add_argument("--tokenizer", default="o200k_base", metavar="T", help="whose tokens count, as in compress")
    parser.add_argument("--max-mb", type=int, default=LIMIT, metavar="N", help=f"refuse larger files ({LIMIT})")
    add_json(parser, "all figures as JSON")


def run(arguments: AdviseArguments) -> int:
    """Print the advice."""
    from tamis.edge.cli.chat import read_chat
    from tamis.prompt.advisor import advise

    chat = read_chat(arguments.file, limit=arguments.max_mb)
    advice = advise(
        chat.messages,
        model=arguments.model,
        prices=arguments.prices,
        turns=arguments.turns,
        cached=arguments.cached,
        prefill=arguments.prefill,
        rate=arguments.rate,
        method=arguments.method,
        tokenizer=arguments.tokenizer,
    )
    print(json.dumps(advice.to_dict(), indent=2) if arguments.json else advice)
    return 0
