"""A real kernel, driven as a front end drives it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.manager import start_new_kernel

PATIENCE = 60.0


@dataclass
class Ran:
    """What one cell left behind."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    """As a front end saves them: updates are applied to the outputs that they name."""
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """(type, content) of everything on the output channel, in order."""
    reply: dict[str, Any] = field(default_factory=dict)

    @property
    def error(self) -> str:
        """The text of the cell's error; "" where there is none."""
        return "\n".join(line for out in self.outputs if out["output_type"] == "error" for line in out["traceback"])

    @property
    def text(self) -> str:
        """The outputs as plain text, one after the other."""
        return "\n".join(out.get("text") or out.get("data", {}).get("text/plain", "") for out in self.outputs)

    @property
    def pictures(self) -> list[dict[str, Any]]:
        """The data of the outputs that hold a picture."""
        return [out["data"] for out in self.outputs if {"image/jpeg", "image/png"} & set(out.get("data", {}))]

    @property
    def next_input(self) -> dict[str, Any] | None:
        """What the cell is to be rewritten to."""
        return next((p for p in self.reply.get("payload", []) if p["source"] == "set_next_input"), None)


class Kernel:
    """One kernel; `run` a cell, or `start` it and `finish` it later."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.manager, self.client = start_new_kernel(
            kernel_name="python3",
            cwd=str(folder),
            env=environment,
            extra_arguments=["--log-level=ERROR"],  # it warns of every connection that is not encrypted
        )
        self._displays: dict[str, list[dict[str, Any]]] = {}

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def start(self, code: str, *, cell_id: str | None = None, stdin: bool = False) -> str:
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": stdin,
            "stop_on_error": False,  # a kernel may still be dropping its queue when the next cell comes
        }
        message = self.client.session.msg("execute_request", content, metadata={"cellId": cell_id} if cell_id else {})
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def run(self, code: str, *, cell_id: str | None = None) -> Ran:
        return self.finish(self.start(code, cell_id=cell_id))

    def value(self, expression: str) -> str:
        """What printing this expression shows."""
        ran = self.run(f"print({expression})")
        assert not ran.error, ran.error
        return ran.text.rstrip("\n")

    def run_interrupted(self, code: str) -> Ran:
        """Run a cell, and interrupt it once its line and its caption are shown."""

        def interrupt(ran: Ran) -> None:
            if len(ran.outputs) == 2 and ran.messages[-1][0] == "display_data":
                self.manager.interrupt_kernel()

        return self.finish(self.start(code), interrupt)

    def finish(self, request: str, watch: Callable[[Ran], object] = lambda _: None) -> Ran:
        """Wait until the cell has ended; what it left behind. `watch` is called with each message that comes."""
        ran = Ran()
        for kind, content in self.messages(request):
            self._apply(ran, kind, content)
            watch(ran)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            reply = self.client.get_shell_msg(timeout=PATIENCE)
            if reply["parent_header"].get("msg_id") == request:
                ran.reply = reply["content"]
                return ran
        raise AssertionError("no reply")

    def messages(self, request: str) -> Any:
        """What the cell publishes, as it comes, until the kernel is idle again."""
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=PATIENCE)
            except Empty:
                raise AssertionError("the cell did not end") from None
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            if message["msg_type"] == "status" and content["execution_state"] == "idle":
                return
            yield message["msg_type"], content

    def _apply(self, ran: Ran, kind: str, content: dict[str, Any]) -> None:
        ran.messages.append((kind, content))
        if kind == "update_display_data":
            for out in self._displays.get(content["transient"]["display_id"], []):
                out.update(data=content["data"], metadata=content["metadata"])
        elif kind in ("display_data", "execute_result"):
            out = {"output_type": kind, "data": content["data"], "metadata": content["metadata"]}
            ran.outputs.append(out)
            if name := content.get("transient", {}).get("display_id"):
                self._displays.setdefault(name, []).append(out)
        elif kind == "stream":
            ran.outputs.append({"output_type": "stream", "name": content["name"], "text": content["text"]})
        elif kind == "error":
            ran.outputs.append({"output_type": "error", **content})
