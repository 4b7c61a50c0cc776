"""Estimates the price of a repair from a shop's own prices: pure functions of plain values, NumPy and nothing else."""

from apps.pricing.estimator.estimator import Estimator
from apps.pricing.estimator.facts import LADDER, Comparable, DeviceFacts, Estimated, Job, KnownPrice

__all__ = ["LADDER", "Comparable", "DeviceFacts", "Estimated", "Estimator", "Job", "KnownPrice"]
