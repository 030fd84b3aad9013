"""What pages and pictures are made with: templates that escape whatever they are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from moderation import marks


def load_template(name: str, filters: Mapping[str, Callable[..., Any]] | None = None) -> Template:
    """A template of the package, with filters of its own."""
    environment = Environment(
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters or {}
    return environment.from_string(load_asset(name))


def load_asset(name: str) -> str:
    """A file of the package as text."""
    return (resources.files("moderation") / "assets" / name).read_text("utf-8")


def _visible(value: object) -> object:
    """What is put on the page, harmless to read as well as to parse."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return marks.visible(value)
    return value
