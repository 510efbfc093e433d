"""Record what the public face of tamis does, and compare: for refactorings, which must change none of it.

Run as `python scripts/behaviour`; `run` says how. Each of the other modules makes one group of calls, or a few
that share their inputs; `places` knows where moved names are, `outcomes` how a value is written down.
"""
