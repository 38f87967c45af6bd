"""Finding a model by what people call it."""

from __future__ import annotations

from .google import GOOGLE, NANO_2, NANO_PRO
from .nearest import nearest
from .spec import ModelSpec

CATALOG: dict[str, ModelSpec] = {spec.id: spec for spec in GOOGLE}
SHORT_NAMES: dict[str, str] = {"2": NANO_2.id, "pro": NANO_PRO.id}
DEFAULT_MODEL = "2"
_declared: dict[str, ModelSpec] = {}
"""What the API's own list told this process of other models."""


def declare(spec: ModelSpec) -> None:
    """Let this model be found from now on. A page of the catalog is never replaced."""
    if spec.id not in CATALOG:
        _declared[spec.id] = spec


def known(model: str) -> ModelSpec | None:
    """The spec of this full id, by the catalog or by what was declared; None where nothing is known of it."""
    return CATALOG.get(model) or _declared.get(model)


def known_models() -> dict[str, ModelSpec]:
    """Id -> spec: the catalog first, then what was declared, by id."""
    return {**CATALOG, **dict(sorted(_declared.items()))}


class UnknownModel(LookupError):
    """No such model is known; `.nearest` is the closest name there is, or None."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nearest = nearest(name, [*CATALOG, *SHORT_NAMES, *_declared])
        super().__init__(name)


def find_model(name: str, has_images: bool) -> ModelSpec:
    """The spec for a full id, or for a short name (which means the edit variant where pictures are given).

    Raises UnknownModel.
    """
    spec = known(SHORT_NAMES.get(name, name))
    if spec is None:
        raise UnknownModel(name)
    if name in SHORT_NAMES and has_images and spec.sibling is not None:
        return CATALOG[spec.sibling]
    return spec
