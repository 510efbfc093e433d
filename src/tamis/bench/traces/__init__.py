"""What is kept of the results of tools: facts that a task needs, validity, tokens, time, and what the result costs."""

from tamis.bench.traces.methods import BASELINES, SHORTENERS
from tamis.bench.traces.peers import PEERS, installed_peers
from tamis.bench.traces.run import TracePlan, measure_traces
from tamis.bench.traces.summary import TraceLine, summarise, table
from tamis.bench.traces.tasks import TraceTask, read_traces, sample_traces

__all__ = [
    "BASELINES",
    "PEERS",
    "SHORTENERS",
    "TraceLine",
    "TracePlan",
    "TraceTask",
    "installed_peers",
    "measure_traces",
    "read_traces",
    "sample_traces",
    "summarise",
    "table",
]
