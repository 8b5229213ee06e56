"""Checks of the exercises, one module for each notebook; a wrong answer gets a hint."""

from .base import NotYet

__all__ = ["NotYet"]
