"""Reads comment threads, scores sentiment and toxicity, flags what a person should look at."""

__version__ = "0.1.0"
