"""A person who has the pack and nothing else: unpacks it, runs all, asks for history and cost, and edits a cell.

python -m tests.pack.clean_room PACK FOLDER: prints what came of it as JSON. Where it was started in a network namespace
of its own, loopback, which the kernel itself needs, is all the network there is.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
SET_FLAGS, UP = 0x8914, 0x1
WATCH = """\
import os, sys
def tell(line):
    with open(os.environ["SOCKETS_SEEN"], "a") as file:
        file.write(line + "\\n")
def watch(event, arguments):
    if event == "socket.__new__" and arguments[1] == 1:  # AF_UNIX: what wakes an event loop
        return
    if event.startswith(("socket.", "urllib.", "http.")):
        tell(f"{event} {[str(each) for each in arguments]}")
if any("ipykernel" in argument for argument in sys.orig_argv):
    sys.addaudithook(watch)
    tell("watching")
"""
"""What a kernel runs first: every socket that Python opens, connects or looks a name up for is written down. Those of
the kernel itself are not Python's."""
REWRITTEN = "%nanobanana --seed 9   -n 2 -r 0.5K -i photo.png a gradient with an owl"
ANOTHER = "%nanobanana --seed 9 -n 2 -r 0.5K -i photo.png a gradient with a hare"


def loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh", b"lo", UP))


def interfaces() -> list[str]:
    return sorted(name for _, name in socket.if_nameindex())


def cli(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "runflow_nb.cli", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.stdout + done.stderr


def executed(notebook: Any, folder: Path) -> Any:
    """All cells run in a kernel of their own; one that fails stops nothing."""
    client = NotebookClient(
        notebook,
        timeout=60,
        kernel_name="python3",
        allow_errors=True,
        extra_arguments=["--IPKernelApp.log_level=40"],
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    return notebook


def main(pack: Path, folder: Path) -> None:
    if len(interfaces()) == 1:
        loopback_up()
    said = cli(folder, "unpack", str(pack))
    path = next(folder.glob("*.ipynb"))
    ran = executed(nbformat.read(path, as_version=4), folder)
    cells = [
        REWRITTEN,
        ANOTHER,
        "from runflow_nb import history\nprint(len(history()), history().cost())",
        "%runflow cost",
    ]
    edited = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in ["%load_ext runflow_nb", *cells]]
    )
    told = {
        "interfaces": interfaces(),
        "said": said,
        "ran": [cell.get("outputs") for cell in ran.cells],
        "edited": [cell.outputs for cell in executed(edited, folder).cells],
        "history": cli(folder, "history", "--notebook", path.name),
        "cost": cli(folder, "cost", "--notebook", path.name),
        "check": cli(folder, "check"),
        "sockets": Path(os.environ["SOCKETS_SEEN"]).read_text().splitlines(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
