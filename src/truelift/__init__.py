"""Truelift: what creator campaigns really return, while they run, tied to the books."""

__version__ = "0.1.0"
