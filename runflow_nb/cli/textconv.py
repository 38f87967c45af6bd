"""`runflow-nb textconv`: a notebook as text for `git diff`, prompts and facts instead of base64. Only reads."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..errors import NotANotebook
from ..notebook.views.notebook_text import notebook_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, as git hands it over."""
    parser.add_argument("notebook", type=Path, help="the notebook's file")


def run(options: argparse.Namespace) -> int:
    """Print it, in UTF-8 whatever the terminal speaks. Raises NotANotebook where it cannot be read."""
    try:
        data = options.notebook.read_bytes()
    except OSError as reason:
        raise NotANotebook(str(options.notebook), f"cannot be read: {reason.strerror}") from None
    sys.stdout.buffer.write(notebook_text(data).encode("utf-8", "replace"))
    return 0
