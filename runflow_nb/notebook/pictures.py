"""What `--image` names: a variable of the notebook, else a file or an address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

REFERENCE = re.compile(r"([^\W\d]\w*)(?:\[(-?\d+)\])?")


def given_picture(text: str, names: Mapping[str, Any]) -> Any:
    """The value of `fox`, or the picture `fox[1]` of a run or a list, where the notebook has that name.

    Any other text stays as it is. Raises LookupError, whose text says why, where there is no such picture.
    """
    match = REFERENCE.fullmatch(text)
    if match is None or match[1] not in names:
        return text
    value = names[match[1]]
    if match[2] is None:
        several = getattr(value, "images", None)
        if isinstance(several, tuple) and len(several) > 1:
            raise LookupError(f"has {len(several)} pictures: give one of them, such as {match[1]}[0]")
        return value
    pictures = getattr(value, "images", value)
    try:
        return pictures[int(match[2])]
    except IndexError:
        raise LookupError(f"{match[1]} has {len(pictures)}, numbered from 0") from None
    except TypeError:
        raise LookupError(f"{match[1]} is no run and no list of pictures") from None
