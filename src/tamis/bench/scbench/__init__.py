"""Shared-context tasks after SCBench (arXiv 2412.10319): generated offline, answered by a model under each method."""

from tamis.bench.scbench.metrics import METRICS
from tamis.bench.scbench.sessions import Session, SessionTurn
from tamis.bench.scbench.tasks import SCBENCH, SIZES, TASKS, UNITS, session

__all__ = ["METRICS", "SCBENCH", "SIZES", "TASKS", "UNITS", "Session", "SessionTurn", "session"]
