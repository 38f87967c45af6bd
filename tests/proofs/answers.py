"""Answers of the API as hypothesis makes them: documents of the contract in every spelling, and what can be wrong."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

KEY = "rf_live_0123456789abcdef"
BOMB = gzip.compress(b"[" + b" " * 30_000_000 + b"]", 1)
DROP = object()
"""Takes the member away."""


def reply(status: int, body: bytes, headers: Mapping[str, str] | None = None, length: int | None = None) -> bytes:
    """A whole answer as bytes; `length`: a Content-Length that may be a lie."""
    lines = {"Content-Type": "application/json", "Content-Length": str(len(body) if length is None else length)}
    lines |= headers or {}
    head = f"HTTP/1.1 {status} Whatever\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return head.encode("utf-8") + b"\r\n" + body


@dataclass(frozen=True)
class Edit:
    """One member of a document, by its path, and what stands there instead."""

    path: tuple[str | int, ...]
    value: Any

    def apply(self, document: Any) -> Any:
        if not self.path:
            return None if self.value is DROP else self.value
        changed = copy.deepcopy(document)
        place = changed
        for step in self.path[:-1]:
            try:
                place = place[step]
            except (KeyError, IndexError, TypeError):
                return changed
        last = self.path[-1]
        if isinstance(place, dict):
            if self.value is DROP:
                place.pop(last, None)
            else:
                with suppress(KeyError, IndexError, TypeError):
                    place[last] = self.value(place) if callable(self.value) else self.value
        elif isinstance(place, list) and isinstance(last, int) and last < len(place) and self.value is not DROP:
            place[last] = self.value
        return changed

    def __repr__(self) -> str:
        return f"{'.'.join(map(str, self.path)) or 'all'} = {'(gone)' if self.value is DROP else repr(self.value)[:80]}"


@dataclass(frozen=True)
class Damage:
    """One answer as it goes out."""

    edits: tuple[Edit, ...] = ()
    body: tuple[str, Callable[[bytes], bytes]] = ("as it is", bytes)
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    frame: tuple[str, Callable[[bytes], bytes]] = ("as it is", bytes)
    more: int = 0
    """How much the Content-Length says too much."""
    acts: bool = True
    """Whether a create is accepted before it is answered so."""

    def answer(self, document: object, status: int) -> bytes:
        if isinstance(document, bytes):
            content = document
        else:
            for edit in self.edits:
                document = edit.apply(document)
            content = json.dumps(document).encode()
        content = self.body[1](content)
        whole = reply(self.status or status, content, self.headers, max(0, len(content) + self.more))
        return self.frame[1](whole)

    @property
    def failed(self) -> bool:
        """Whether it may say that the run failed, which is not billed."""
        return any(isinstance(edit.value, str) and edit.value.strip().lower() in FAILED for edit in self.edits)

    @property
    def lies(self) -> bool:
        """Whether it may name another run, or another file, which nobody could find out."""
        named = {"id", "run_id", "url", "outputs", "output", "image_urls", 0}
        return any(not edit.path or edit.path[-1] in named for edit in self.edits) or "link" in self.frame[0]

    def __repr__(self) -> str:
        parts = [
            str(list(self.edits)) if self.edits else "",
            self.body[0] if self.body[0] != "as it is" else "",
            str(self.status or ""),
            str({name: value[:60] for name, value in self.headers.items()}) if self.headers else "",
            self.frame[0] if self.frame[0] != "as it is" else "",
            f"length {self.more:+}" if self.more else "",
            "" if self.acts else "not accepted",
        ]
        return f"<{', '.join(part for part in parts if part)}>"


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


ODD = st.sampled_from(
    [
        None,
        True,
        False,
        "",
        " ",
        "x",
        "\x00\x1b[31m\r\nSet-Cookie: a=b",
        "\ud800",
        "١٢٣",
        "<script>alert(1)</script>",
        KEY,
        f"Bearer {KEY}",
        0,
        -1,
        10**30,
        1.5,
        float("nan"),
        float("inf"),
        float("-inf"),
        [],
        {},
        [None],
        {"a": {"b": [1, "2", None]}},
        "9" * 5000,
        "ü" * 20_000,
        deep(60),
        deep(700),
        DROP,
    ]
)
IDS = st.sampled_from(
    ["a/b", "../../health", "..", "?q=1", "#", "%2e%2e", "\u202eabc", "x" * 300, "x" * 70_000, "\n", "0", "😀", 17]
)
FAILED = {"failed", "canceled", "cancelled", "errored", "timeout"}
STATES = st.sampled_from(
    [
        *sorted(FAILED),
        "succeeded",
        " Succeeded ",
        "completed",
        "partial_succeeded",
        "queued",
        "dispatching",
        "running",
        "processing",
        "in_progress",
        "moderating\x00",
        "x" * 10_000,
    ]
)
COSTS = st.sampled_from(
    [
        "0.06",
        0.06,
        0,
        "0",
        "-1",
        -0.5,
        "NaN",
        "1e400",
        "1e-999999",
        "Infinity",
        "1_0",
        "$0.06",
        10**400,
        True,
        "0.06 USD",
        "9" * 39,
        "1e5",
        "1e10",
        None,
        [],
        DROP,
    ]
)
URLS = st.sampled_from(
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x.png",
        "http://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/x.png",
        "http://localhost:1/x.png",
        "http://[::1]:1/x.png",
        "http://user:pass@127.0.0.1:1/x.png",
        "//example.org/x.png",
        "https://xn--a/x.png",
        "https://xn--zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz/x",
        "https://exa mple.org/x",
        "https://\x00/x",
        "https://example.org:99999999/x",
        "https://",
        "https://" + "a." * 5000,
        "https://example.org/" + "x" * 70_000,
        "data:,",
        "data:image/png;base64,",
        "data:image/png;base64,!!!!",
        "data:image/png;base64,aGVsbG8=",
        "data:text/html,<b>",
        "data:",
        "javascript:alert(1)",
        f"https://example.org/?key={KEY}",
    ]
)
OUTPUTS: Sequence[Any] = [
    DROP,
    lambda output: [],
    lambda output: output["outputs"] * 30,
    lambda output: {"0": output["outputs"][0]},
    lambda output: output["outputs"][0]["url"],
    lambda output: [None, 3, {}, *output["outputs"]],
    lambda output: [{**each, "type": "video"} for each in output["outputs"]],
    lambda output: [{**each, "width": "wide", "height": -3} for each in output["outputs"]],
]
MOVED: Sequence[Callable[[dict[str, Any]], Any]] = [
    lambda run: {"image_urls": [run["output"]["outputs"][0]["url"]]},
    lambda run: {"image": {"url": run["output"]["outputs"][0]["url"]}},
    lambda run: {"image": [run["output"]["outputs"][0]["url"]]},
    lambda run: {"images": [{"image_url": run["output"]["outputs"][0]["url"]}]},
    lambda run: {"output_url": run["output"]["outputs"][0]["url"]},
    lambda run: run["output"]["outputs"][0]["url"],
]
"""The other shapes of an output that are met."""
OUTPUT = st.sampled_from(MOVED).map(lambda change: lambda run: change(run) if run.get("output") else None)
ENTRY = st.sampled_from(["outputs", "seed", "nsfw_detected", "timing", "model_data", "extra"])
PLAIN = ["created_at", "started_at", "completed_at", "duration_ms", "org_id", "error", "failure_message", "extra"]
PLAIN += ["failure_code", "failure_stage", "failure_reason", "target_type", "input", "metadata", "links", "status"]
MEMBERS: list[st.SearchStrategy[Edit]] = [
    st.builds(Edit, st.just(("id",)), ODD | IDS),
    st.builds(Edit, st.just(("run_id",)), ODD),
    st.builds(Edit, st.just(("status_code",)), ODD | STATES),
    st.builds(Edit, st.just(("status_code",)), STATES),
    st.builds(Edit, st.just(("cost",)), ODD | COSTS),
    st.builds(Edit, st.just(("cost",)), COSTS),
    st.builds(Edit, st.sampled_from(PLAIN).map(lambda name: (name,)), ODD),
    st.builds(Edit, st.just(("output",)), ODD | URLS | OUTPUT),
    st.builds(Edit, ENTRY.map(lambda name: ("output", name)), ODD),
    st.builds(Edit, st.just(("output", "outputs")), st.sampled_from(OUTPUTS)),
    st.builds(Edit, st.just(("output", "outputs", 0)), ODD | URLS),
    st.builds(Edit, st.just(("output", "outputs", 0, "url")), ODD | URLS),
]
RUN = st.one_of(MEMBERS)
NEVER_EMPTY = ODD.filter(lambda value: value != [])
"""An empty list is an answer: there is no such run. A server that says so of one that it has accepted lies."""
OF_PAGE = st.one_of(
    st.builds(Edit, st.just(("items",)), NEVER_EMPTY),
    st.builds(Edit, st.just(("items", 0)), ODD),
    st.builds(Edit, st.just(("next_pq",)), ODD),
    st.builds(Edit, st.just(("items", 0, "client_ref")), st.sampled_from([None, 3, "", [], {}, True, DROP])),
    RUN.map(lambda edit: Edit(("items", 0, *edit.path), edit.value)),
)
PROBLEM = st.builds(
    Edit,
    st.sampled_from([("code",), ("message",), ("errors",), ("error",), ()]),
    ODD.filter(lambda value: value is not DROP),
)
BODIES: Sequence[tuple[str, Callable[[bytes], bytes]]] = [
    ("cut in half", lambda body: body[: len(body) // 2]),
    ("cut by one", lambda body: body[:-1]),
    ("empty", lambda body: b""),
    ("blank", lambda body: b" \n"),
    ("html", lambda body: b"<!DOCTYPE html><html><title>502 Bad Gateway</title>"),
    ("null", lambda body: b"null"),
    ("a text", lambda body: b'"succeeded"'),
    ("in a list", lambda body: b"[" + body + b"]"),
    ("BOM", lambda body: b"\xef\xbb\xbf" + body),
    ("UTF-16", lambda body: body.decode("utf-8", "replace").encode("utf-16")),
    ("UTF-32", lambda body: body.decode("utf-8", "replace").encode("utf-32")),
    ("not UTF-8", lambda body: body.replace(b"case", b"c\xff\xfe")),
    ("trailing", lambda body: body + b"}"),
    ("twice", lambda body: body + body),
    ("a member twice", lambda body: body.replace(b"{", b'{"status_code": "odd", "id": 3, "cost": [], ', 1)),
    ("deep list", lambda body: b"[" * 100_000),
    ("deep members", lambda body: b'{"a":' * 50_000),
    ("long number", lambda body: b'{"id": ' + b"9" * 5000 + b"}"),
    ("zeros", lambda body: b"\0" * 200),
    ("the key", lambda body: json.dumps({"message": f"no such key: {KEY}", "id": None}).encode()),
    ("the key, spelt out", lambda body: b'{"message": "no such key: \\u0072' + KEY[1:].encode() + b'"}'),
    ("the key, in UTF-16", lambda body: json.dumps({"message": f"no such key: {KEY}"}).encode("utf-16")),
]
HEADERS: Sequence[dict[str, str]] = [
    {"Content-Type": "text/html; charset=utf-7"},
    {"Content-Type": "\u00fc"},
    {"Content-Encoding": "gzip"},
    {"Content-Encoding": "br, gzip, x"},
    {"Content-Encoding": "unknown"},
    {"Set-Cookie": "a=b; Path=/; Domain=127.0.0.1", "X-RateLimit-Remaining": "-1"},
    {"Transfer-Encoding": "chunked"},
    {"Location": "/v1/health"},
    {"X-Long": "x" * 60_000},
    {"X-Long": "x" * 300_000},
    {"Content-Range": "bytes 0-1/2"},
    *({"Retry-After": value} for value in ["-1", "1e9", "nan", "inf", "0", "１２", "Fri, 31 Dec 9999 23:59:59 GMT"]),
    *({"Retry-After": value} for value in ["Mon, 01 Jan 0001 00:00:00 +2359", "99 99 99", "soon", "", "1" * 400]),
    *({"Retry-After": value} for value in ["Thu, 1 Jan 1970 00:00:00 -9999", "0,", ", ,", "1 Jan", "2 3 4 5 6 7"]),
]
LOCATIONS = st.sampled_from(
    [
        "/v1/health",
        "//example.org/",
        "https://example.org/x.png",
        "http://example.org/x.png",
        "file:///etc/passwd",
        "",
        "http://127.0.0.1:1/x.png",
        "https://xn--a/",
        "\x7f",
        "http://[",
        "?",
        f"/?{KEY}",
        "https://" + "a" * 70_000,
    ]
)
FRAMES: Sequence[tuple[str, Callable[[bytes], bytes]]] = [
    ("no answer", lambda whole: b""),
    ("half a head", lambda whole: whole[:9]),
    ("head only", lambda whole: whole.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"),
    ("cut by three", lambda whole: whole[:-3]),
    ("not HTTP", lambda whole: b"\x16\x03\x01\x02\x00" * 9),
    ("HTTP/0.9", lambda whole: b"<html>hello</html>"),
    ("HTTP/2 preface", lambda whole: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("continue first", lambda whole: b"HTTP/1.1 100 Continue\r\n\r\n" + whole),
    ("hints first", lambda whole: b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + whole),
    ("two lengths", lambda whole: whole.replace(b"Content-Length:", b"Content-Length: 1\r\nContent-Length:", 1)),
    ("length of words", lambda whole: whole.replace(b"Content-Length: ", b"Content-Length: about ", 1)),
    ("control in a header", lambda whole: whole.replace(b"Whatever\r\n", b"Whatever\r\nX: a\x00\x01b\r\n", 1)),
    ("bad chunks", lambda whole: whole.partition(b"\r\n")[0] + b"\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"),
    (
        "a bomb",
        lambda whole: b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB,
    ),
    (
        "half a gzip",
        lambda whole: (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(whole.partition(b"\r\n\r\n")[2])[:-9]
        ),
    ),
]
STATUSES = [101, 200, 201, 202, 203, 204, 206, 226, 299, 300, 304, 399, 400, 401, 402, 403, 404, 405, 408, 409, 410]
STATUSES += [
    413,
    415,
    418,
    421,
    422,
    425,
    426,
    428,
    429,
    431,
    451,
    499,
    500,
    501,
    502,
    503,
    504,
    511,
    520,
    599,
    600,
    999,
]


def damages(edits: st.SearchStrategy[Edit]) -> st.SearchStrategy[Damage]:
    """Answers of which one thing is odd, or several."""
    some = st.lists(edits, min_size=1, max_size=3).map(tuple)
    acts = st.booleans()
    said = st.sampled_from([status for status in STATUSES if status >= 300]) | st.none()
    redirect = st.builds(
        Damage, status=st.sampled_from([301, 302, 303, 307, 308]), headers=LOCATIONS.map(lambda to: {"Location": to})
    )
    return st.one_of(
        st.builds(Damage, edits=some),
        st.builds(Damage, edits=some),
        st.builds(Damage, body=st.sampled_from(BODIES), status=st.none() | st.sampled_from(STATUSES), acts=acts),
        st.builds(Damage, headers=st.sampled_from(HEADERS), status=said, acts=acts),
        st.builds(Damage, status=st.sampled_from(STATUSES), acts=acts, edits=st.tuples(PROBLEM) | st.just(())),
        st.builds(Damage, frame=st.sampled_from(FRAMES), acts=acts),
        st.builds(Damage, more=st.sampled_from([-40, -1, 1, 1000]), acts=acts),
        redirect,
    )


def told_something(damage: Damage) -> bool:
    """Whether an answer to a create that was not accepted does not pretend that it was."""
    return damage.acts or (damage.status or 500) >= 300 or damage.body[0] != "as it is"


CREATE = damages(RUN).filter(told_something)
READ = damages(RUN)
SEARCH = damages(OF_PAGE)
HEALTH = damages(st.builds(Edit, st.sampled_from([("ok",), ("status",), ("instance",), ()]), ODD)).filter(
    # It is asked without the key.
    lambda damage: "key" not in damage.body[0] and not any(KEY in str(edit.value) for edit in damage.edits)
)
DOWNLOAD = damages(st.just(Edit(("none",), None)))
PLANS = st.fixed_dictionaries(
    {},
    optional={
        "create": st.lists(CREATE, min_size=1, max_size=3),
        "read": st.lists(READ, min_size=1, max_size=3),
        "search": st.lists(SEARCH, min_size=1, max_size=6),
        "download": st.lists(DOWNLOAD, min_size=1, max_size=4),
        "health": st.lists(HEALTH, min_size=1, max_size=2),
    },
)
