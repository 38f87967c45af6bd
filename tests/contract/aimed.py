"""What this run of the suite is pointed at, read before any test: each begins in an environment without settings."""

from __future__ import annotations

import os

from tests.contract.aim import read_aim

AIM = read_aim(os.environ)
