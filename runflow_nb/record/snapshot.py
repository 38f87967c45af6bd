"""The index's file: a whole picture of the index in memory, put in place in one step and read in one step.

SQLite never works on the file itself. So there is nothing to lock and nothing to tear on a network folder, a killed
process leaves the former picture, and a folder that cannot be written needs no other way.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from .schema import APPLICATION, SCHEMA, TABLES

ASIDE = ".damaged"


def empty() -> sqlite3.Connection:
    """An index of nothing, in memory."""
    database = _memory()
    database.executescript(TABLES)
    database.execute(f"PRAGMA user_version = {SCHEMA}")
    database.execute(f"PRAGMA application_id = {APPLICATION}")
    database.commit()
    return database


def load(path: Path) -> sqlite3.Connection | None:
    """The index of this file, in memory; None where there is none that can be used. A damaged one is set aside."""
    if not path.exists():
        return None
    try:
        return read(path)
    except sqlite3.DatabaseError:
        with suppress(OSError):
            path.replace(path.with_name(path.name + ASIDE))
    return None


def read(path: Path) -> sqlite3.Connection | None:
    """The index of this file, in memory; None where it is of another version. Raises sqlite3.DatabaseError."""
    database = _memory()
    try:
        uri = f"file:{quote(str(path))}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as stored:
            stored.backup(database)
        if _pragma(database, "application_id") != APPLICATION or _pragma(database, "quick_check") != "ok":
            raise sqlite3.DatabaseError("not an index")
        current = _pragma(database, "user_version") == SCHEMA
    except sqlite3.DatabaseError:
        database.close()
        raise
    if not current:
        database.close()
    return database if current else None


def remove(path: Path) -> None:
    """Take away the file and whatever was set aside or left half written. Raises OSError."""
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink(missing_ok=True)


def save(database: sqlite3.Connection, path: Path) -> bool:
    """Put the index into its file; False where that cannot be done, which costs the next process some time only."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        # Made here, and not by SQLite, which would give no reason.
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        with closing(sqlite3.connect(temporary)) as stored:
            stored.execute("PRAGMA synchronous = OFF")
            stored.execute("PRAGMA journal_mode = OFF")
            database.backup(stored)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except (OSError, sqlite3.Error):
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        return False
    return True


def _memory() -> sqlite3.Connection:
    # Guarded by the index's own lock, and begun and ended by hand.
    database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    # What is no longer in a table must not be in the file either: prompts can be forgotten.
    database.execute("PRAGMA secure_delete = ON")
    return database


def _pragma(database: sqlite3.Connection, name: str) -> object:
    return database.execute(f"PRAGMA {name}").fetchone()[0]
