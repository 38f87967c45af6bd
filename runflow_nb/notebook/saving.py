"""`--save PATH`: copies of a run's originals where a person wants them; no other picture is written over unasked.

A copy of ours is known by its file, with a recipe in it or without: it is brought to the form that is asked for.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import NotSaved, Problem
from ..models.nearest import nearest
from ..models.request import RunRequest
from ..models.validate import brief
from ..record.embedding.copies import Form, form, plan, write
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
    embed: bool | None = None
    """Whether the recipe goes in; None: as it is set, and into nothing that is signed."""

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


@dataclass(frozen=True, slots=True)
class Saved:
    """One copy."""

    path: Path
    left_out: str = ""
    """Why it has no recipe although copies are to have one, ready to follow its name."""


def save(run: Run, destination: Destination) -> list[Saved]:
    """Copy the originals; all copies, also those that lay there already as they are wanted.

    Raises NotSaved, before anything is copied where another picture is in the way; OriginalGone.
    """
    together = zip(run.outputs, destination.paths(run), strict=True)
    targets = [(output, path, form(path, output)) for output, path in together]
    taken = [path for _, path, found in targets if found == "other" and os.path.lexists(path)]
    if taken and not destination.overwrite:
        raise NotSaved([str(path) for path in taken])
    if len({path for _, path, _ in targets}) < len(targets):
        raise NotSaved([], "several pictures would get one name")
    return [Saved(path, _copy(output, path, found, destination)) for output, path, found in targets]


def saved_words(saved: Sequence[Saved]) -> str:
    """Where the copies lie, and what is to be known of them."""
    lines = [f"Saved {', '.join(str(one.path) for one in saved)}"]
    lines += [f"Note: {one.path} {one.left_out}." for one in saved if one.left_out]
    return "\n".join(lines)


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


def _copy(original: Original, path: Path, found: Form, destination: Destination) -> str:
    """Why it has no recipe, or "". Under another name first: a copy that was cut off is never taken for the picture."""
    # What lies there is as good a source: who got the notebook with its copies only still runs the cell.
    source = path if found != "other" and not original.path.exists() else original.path
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with source.open("rb") as stream:
            planned = plan(stream, original, destination.embed)
            if planned.form == found:
                return planned.left_out
            path.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("xb") as target:
                write(planned.parts, stream, target)
        _give_name(unfinished, path, original, found, destination.overwrite)
    except OSError as error:
        if not source.exists():
            raise OriginalGone(original.path, original.run) from None
        raise NotSaved([str(path)], error.strerror or str(error)) from None
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return planned.left_out


def _give_name(unfinished: Path, path: Path, original: Original, found: Form, overwrite: bool) -> None:
    """Raises NotSaved, OSError."""
    ours = found != "other" and form(path, original) == found
    if overwrite or ours or not _linked(unfinished, path, original):
        unfinished.replace(path)


def _linked(unfinished: Path, path: Path, original: Original) -> bool:
    """Give the file its name only if that is free: two runs in the background may want one name at one moment.

    False where the file system knows no links. Raises NotSaved.
    """
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        if form(path, original) == "other":
            raise NotSaved([str(path)]) from None
    except OSError:
        return False
    return True
