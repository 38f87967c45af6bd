"""`python -m runflow_nb.cli`."""

from __future__ import annotations

import sys

from .verbs import main

sys.exit(main())
