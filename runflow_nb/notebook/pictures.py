"""What `--image` names: a variable of the notebook, else a file or an address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

REFERENCE = re.compile(r"([^\W\d]\w*)(?:\[(-?\d+)\])?")


def given_picture(text: str, names: Mapping[str, Any]) -> Any:
    """The value of `fox` or `fox[1]` where the notebook has that name; any other text stays as it is."""
    match = REFERENCE.fullmatch(text)
    if match is None or match[1] not in names:
        return text
    value = names[match[1]]
    return value if match[2] is None else value[int(match[2])]
