"""The command line; it holds no statistics."""

from retrostats.cli.app import app, main

__all__ = ["app", "main"]
