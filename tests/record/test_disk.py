"""Effects on the disk are whole, durable, and explain themselves when they fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from runflow_nb.errors import StoreUnavailable
from runflow_nb.record.disk import Disk


def test_append_adds_to_the_end_and_makes_missing_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    Disk().append(path, b"one\n")
    Disk().append(path, b"two\n")
    assert path.read_bytes() == b"one\ntwo\n"


def test_a_full_disk_is_said_in_words(tmp_path: Path) -> None:
    """`/dev/full` answers every write as a full disk does."""
    path = tmp_path / "file"
    path.symlink_to("/dev/full")
    with pytest.raises(StoreUnavailable, match="the disk is full"):
        Disk().append(path, b"line\n")


def test_a_file_in_the_place_of_a_folder_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(StoreUnavailable, match="a file stands where a folder is needed"):
        Disk().append(tmp_path / "store" / "journal" / "x", b"line\n")


def test_replace_swaps_the_whole_content_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    Disk().replace(path, b"former")
    Disk().replace(path, b"new")
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_stream_shows_nothing_under_its_name_until_it_is_finished(tmp_path: Path) -> None:
    writer = Disk().stream(tmp_path / "later")
    writer.write(b"abc")
    assert not (tmp_path / "later").exists()
    assert writer.finish(tmp_path / "ab" / "named").read_bytes() == b"abc"
    assert not (tmp_path / "later").exists()


def test_a_discarded_stream_leaves_nothing(tmp_path: Path) -> None:
    writer = Disk().stream(tmp_path / "never")
    writer.write(b"abc")
    writer.discard()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="discarded"):
        writer.write(b"more")


def test_touch_and_unlink_may_be_repeated(tmp_path: Path) -> None:
    path = tmp_path / "open" / "run"
    for _ in range(2):
        Disk().touch(path)
    assert path.exists()
    for _ in range(2):
        Disk().unlink(path)
    assert not path.exists()
