"""What shortening a chat would cost or save, with a provider's prompt cache: counted where it can be, else said so."""

from tamis.prompt.advisor.advice import Advice, advise
from tamis.prompt.advisor.prices import Tariff, tariff_of, tariffs
from tamis.prompt.advisor.session import STRATEGIES, Bill, replay

__all__ = ["STRATEGIES", "Advice", "Bill", "Tariff", "advise", "replay", "tariff_of", "tariffs"]
