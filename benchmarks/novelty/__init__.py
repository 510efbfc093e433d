"""Novelty: how well detectors tell, how rare false alarms are, how well a few examples route."""
