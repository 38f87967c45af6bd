"""What the page sends when something is moved on it."""

from __future__ import annotations

from typing import Any

from tests.notebook.kernel import PATIENCE, Kernel, Ran


def send(kernel: Kernel, model: str, data: dict[str, Any], buffers: list[bytes] | None = None) -> Ran:
    """One message to a widget; what came of it, until the kernel is idle again."""
    message = kernel.client.session.msg("comm_msg", {"comm_id": model, "data": data})
    kernel.client.session.send(kernel.client.shell_channel.socket, message, buffers=buffers)
    ran = Ran()
    for kind, content in kernel.messages(message["header"]["msg_id"]):
        kernel._apply(ran, kind, content)
    return ran


def change(kernel: Kernel, model: str, **state: Any) -> Ran:
    """Traits that the page changed, as moving a slider does."""
    return send(kernel, model, {"method": "update", "state": state, "buffer_paths": []})


def ask(kernel: Kernel, model: str, **content: Any) -> tuple[dict[str, Any], list[bytes]]:
    """What a widget's own message is answered with, whenever that comes, and its buffers."""
    data = {"method": "custom", "content": content}
    kernel.client.shell_channel.send(kernel.client.session.msg("comm_msg", {"comm_id": model, "data": data}))
    return answer(kernel, model)


def answer(kernel: Kernel, model: str) -> tuple[dict[str, Any], list[bytes]]:
    """The next message of this widget's own, and its buffers."""
    while True:
        message = kernel.client.get_iopub_msg(timeout=PATIENCE)
        told = message["content"]
        if message["msg_type"] == "comm_msg" and told["comm_id"] == model and told["data"]["method"] == "custom":
            return told["data"]["content"], [bytes(buffer) for buffer in message["buffers"]]
