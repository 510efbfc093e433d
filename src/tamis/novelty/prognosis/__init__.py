"""How many steps are left of a process that is measured? Learnt from processes that ended."""

from tamis.novelty.prognosis.forecasters import METHODS, Forecaster
from tamis.novelty.prognosis.lives import Prognosis, Remaining
from tamis.novelty.prognosis.measures import LifeErrors
from tamis.novelty.prognosis.series import Series

__all__ = ["METHODS", "Forecaster", "LifeErrors", "Prognosis", "Remaining", "Series"]
