"""Groundwire: questions answered from news articles, every sentence checked against its source."""

__version__ = "0.1.0"
