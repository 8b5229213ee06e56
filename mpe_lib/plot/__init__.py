"""Pictures: each function takes numbers and returns a figure; `show` displays it with its text."""

from .base import new_figure, show

__all__ = ["new_figure", "show"]
