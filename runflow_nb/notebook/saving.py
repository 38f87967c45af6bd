"""`--save PATH`: copies of a run's originals where a person wants them; no other picture is written over unasked."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import NotSaved, Problem
from ..models.nearest import nearest
from ..models.request import RunRequest
from ..models.validate import brief
from ..record.formats import FORMATS
from ..record.image import Image, OriginalGone
from ..record.output_file import EXTENSIONS as FILE_EXTENSIONS
from ..record.output_file import OutputFile
from ..record.run import Run
from .views.description import day

Original = Image | OutputFile
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
NAMES = ("n", "seed", "model", "date", "id")
OFFERED = " ".join(f"{{{name}}}" for name in NAMES)
EXTENSIONS: Mapping[str, str] = {
    f".{extension}": known.name for known in FORMATS.values() for extension in (known.extension, known.name)
}
"""Extension -> the format it stands for, as the API spells it."""


SUFFIXES = frozenset({*EXTENSIONS, *(f".{extension}" for extension in FILE_EXTENSIONS.values())})


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the pictures of a run are to be copied to."""

    pattern: str
    """As typed: a path with `{n}`, `{seed}`, `{model}`, `{date}`, `{id}`."""
    overwrite: bool = False

    def paths(self, run: Run) -> list[Path]:
        """One path for each file, pictures first. Pure, but for asking whether the pattern is a folder."""
        pattern = self._file_pattern(len(run.outputs))
        return [Path(_filled(pattern, run, output)).expanduser() for output in run.outputs]

    def _file_pattern(self, pictures: int) -> str:
        pattern = self.pattern
        if pattern.endswith(("/", os.sep)) or Path(pattern).expanduser().is_dir():
            pattern = f"{pattern.rstrip('/' + os.sep)}/{{id}}"
        stem, extension = _split(pattern)
        return pattern if pictures == 1 or "{n}" in pattern else f"{stem}-{{n}}{extension}"


def problems(destination: Destination, request: RunRequest) -> list[Problem]:
    """What can be known to be wrong before anything is paid: a placeholder, a path that there cannot be, or the
    extension of another format."""
    pattern = destination.pattern
    if fault := _impossible(pattern):
        return [Problem("save", brief(pattern), fault)]
    unknown = [name for name in PLACEHOLDER.findall(pattern) if name not in NAMES]
    found = [Problem("save", f"{{{brief(name)}}}", f"is none of {OFFERED}", _placeholder(name)) for name in unknown]
    field = request.spec.field("output_format")
    asked = str(request.input.get("output_format", field.default if field else None))
    wanted = EXTENSIONS.get(Path(pattern).suffix.lower())
    if wanted and wanted != asked and asked in EXTENSIONS.values():
        reason = f"is a name for {wanted}, and the picture will be {asked} (-f {wanted} makes it {wanted})"
        found.append(Problem("save", brief(pattern), reason, f"{pattern.rpartition('.')[0]}.{asked}"))
    return found


def save(run: Run, destination: Destination) -> list[Path]:
    """Copy the originals, byte for byte; all paths, also those where the same picture lay already.

    Raises NotSaved, before anything is copied where another picture is in the way; OriginalGone.
    """
    targets = list(zip(run.outputs, destination.paths(run), strict=True))
    due = [(image, path) for image, path in targets if not _is(path, image)]
    taken = [path for _, path in due if os.path.lexists(path)]
    if taken and not destination.overwrite:
        raise NotSaved([str(path) for path in taken])
    if len({path for _, path in targets}) < len(targets):
        raise NotSaved([], "several pictures would get one name")
    for image, path in due:
        _copy(image, path, destination.overwrite)
    return [path for _, path in targets]


def _impossible(pattern: str) -> str:
    """Why nothing can ever lie there; "" where it can."""
    try:
        Path(pattern).expanduser().lstat()
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"is no path that can be written: {error.strerror or error}"
    except (RuntimeError, ValueError) as error:
        return f"is no path: {str(error).rstrip('.')}"
    return ""


def _placeholder(name: str) -> str | None:
    near = nearest(name, NAMES)
    return f"{{{near}}}" if near else None


def _filled(pattern: str, run: Run, output: Original) -> str:
    """The path of one file. The extension says what the file is, whatever was asked for."""
    values: Mapping[str, Any] = {
        "n": output.index,
        "seed": run.seed if run.seed is not None else "none",
        "model": run.model.partition("/")[2].replace("/", "-") or run.model,
        "date": day(run.created_at),
        "id": run.id,
    }
    path = PLACEHOLDER.sub(lambda match: str(values[match[1]]), pattern)
    stem, extension = _split(path)
    if isinstance(output, OutputFile):
        fits = extension.lower() == output.path.suffix
    else:
        fits = EXTENSIONS.get(extension.lower()) == output.format
    return path if fits else f"{stem}{output.path.suffix}"


def _split(path: str) -> tuple[str, str]:
    """(what goes before, extension) of a path; a suffix that is of no format that is delivered is none."""
    extension = Path(path).suffix
    return (path.removesuffix(extension), extension) if extension.lower() in SUFFIXES else (path, "")


def _is(path: Path, image: Original) -> bool:
    """Whether this file already is the original."""
    try:
        if path.stat().st_size != image.size:
            return False
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == image.sha256
    except OSError:
        return False


def _copy(image: Original, path: Path, overwrite: bool) -> None:
    """Under another name first: a copy that was cut off is never taken for the picture."""
    if not image.path.exists():
        raise OriginalGone(image.path)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(image.path, unfinished)
        if overwrite or not _linked(unfinished, path, image):
            unfinished.replace(path)
    except OSError as error:
        raise NotSaved([str(path)], error.strerror or str(error)) from None
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _linked(unfinished: Path, path: Path, image: Original) -> bool:
    """Give the file its name only if that is free: two runs in the background may want one name at one moment.

    False where the file system knows no links. Raises NotSaved.
    """
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        if not _is(path, image):
            raise NotSaved([str(path)]) from None
    except OSError:
        return False
    return True
