"""Every form of import."""
from __future__ import annotations
import os, a.b.c
import a.b as ab
from pkg import one, two as second
from . import sibling
from ..up.mod import (
    thing,  # a comment
    other as renamed,
)
from ... import top
from pkg.stars import *
import importlib
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from app.models import Chat

backend = importlib.import_module("app.backend")
importlib.import_module(name)


def late():
    import heavy.sdk
    from heavy.sdk import Client
    return cast("Client", __import__("heavy.plugin"))


class Holder:
    import inside
