"""Keys of other services are found in long texts as in short ones."""

from __future__ import annotations

import pytest

from runflow_nb.private import LONG, keys_of_others

KEYS = (
    "sk-abcdefghijklmnopqrst0123",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "AKIA0123456789ABCDEF",
    "xoxb-0123456789-abc",
    "AIzaabcdefghijklmnopqrstuvwxyz012345678",
    "-----BEGIN RSA PRIVATE KEY",
    "eyJhbGciOiJI.eyJzdWIiOiIx",
    "Bearer 0123456789abcdef0123",
)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_found_beside_a_pictures_bytes(key: str) -> None:
    picture = "iVBORw0KGgo/+A1\n" * (LONG // 8)
    assert keys_of_others(picture) == []
    assert keys_of_others(key) == keys_of_others(f"{picture}\n{key}\n{picture}") != []
