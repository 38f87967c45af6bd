"""Finding a model by what people call it."""

from __future__ import annotations

from .google import GOOGLE, NANO_2, NANO_PRO
from .nearest import nearest
from .spec import ModelSpec

CATALOG: dict[str, ModelSpec] = {spec.id: spec for spec in GOOGLE}
SHORT_NAMES: dict[str, str] = {"2": NANO_2.id, "pro": NANO_PRO.id}
DEFAULT_MODEL = "2"


class UnknownModel(LookupError):
    """No such model in the catalog; `.nearest` is the closest name there is, or None."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nearest = nearest(name, [*CATALOG, *SHORT_NAMES])
        super().__init__(name)


def find_model(name: str, has_images: bool) -> ModelSpec:
    """The spec for a full id, or for a short name (which means the edit variant where pictures are given).

    Raises UnknownModel.
    """
    spec = CATALOG.get(SHORT_NAMES.get(name, name))
    if spec is None:
        raise UnknownModel(name)
    if name in SHORT_NAMES and has_images and spec.sibling is not None:
        return CATALOG[spec.sibling]
    return spec
