"""The Python face: plain calls over this process's session. Thread-safe; usable with and without a running loop."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from . import settings as settings_module
from .callback import in_callback
from .engine.callback_secret import make_callback_secret
from .engine.job import Job
from .engine.model_list import is_foreign
from .engine.order import Order, Take
from .engine.remaking import NotRemade, request_again
from .engine.session import Session
from .engine.waiter import waiter
from .errors import InvalidRequest, NoKey, Problem, RunflowError, StillRunning, WaitInterrupted
from .models.catalog import UnknownModel, known
from .models.defaults import build_with_defaults
from .models.price import Estimate
from .models.request import RunRequest
from .money import parse_usd
from .record.history import History
from .record.run import Run
from .record.store import Store
from .secret import Secret, without_keys
from .settings import LIVE_URL, SANDBOX, Settings

if TYPE_CHECKING:
    from .sandbox.embedded import EmbeddedSandbox

KEYRING_SERVICE = "runflow_nb"
KEYRING_USER = "api-key"

_lock = threading.Lock()
_session: Session | None = None
_sandbox: EmbeddedSandbox | None = None


def session() -> Session:
    """This process's session, made at the first use."""
    global _session
    with _lock:
        # A forked process has its parent's session without the thread that does the work: it gets its own.
        if _session is None or _session.process != os.getpid():
            _session = Session(start_sandbox=start_sandbox)
        return _session


def use(other: Session | None) -> None:
    """Put another session in place of this process's own; None for a new one at the next use."""
    global _session
    with _lock:
        _session = other


def start_sandbox() -> str:
    """The address of the sandbox embedded in this process, started at the first use."""
    global _sandbox
    from .sandbox.embedded import EmbeddedSandbox

    with _lock:
        if _sandbox is None:
            _sandbox = EmbeddedSandbox()
        return _sandbox.url


def notebook_of(settings: Settings) -> str | None:
    """The notebook that is calling: as set, else as its front end says, else none."""
    found = settings.notebook or settings_module.current_notebook()
    return str(found) if found else None


@overload
def generate(prompt: str, *, estimate: Literal[True], **fields: Any) -> Estimate: ...
@overload
def generate(prompt: str, *, background: Literal[True], **fields: Any) -> Job: ...
@overload
def generate(prompt: str, **fields: Any) -> Run: ...
def generate(prompt: str, *, background: bool = False, estimate: bool = False, **fields: Any) -> Run | Job | Estimate:
    """Pictures from text (and, with `images=`, from pictures): shown from the record, or bought once.

    Fields are those of the model (`resolution="2K"`, `num_images=2`, ...) and `model, images, metadata,
    callback_url, take, tag, max_cost, yes`. Money is in USD. With `background=True` a Job is returned at once; with
    `estimate=True` an Estimate, and nothing is sent. `callback_url` is called when a run that is bought ends; what is
    shown from the record calls nobody.

    Raises the errors of `runflow_nb.errors`: InvalidRequest, NotConnected, BudgetExceeded, RunFailed, RunUnknown, ...
    """
    if estimate:
        return price(prompt, **fields)
    now = session().settings()
    job = begin(prompt, now, in_callback(), **fields)
    return job if background else wait_for(job, now)


def price(prompt: str, **fields: Any) -> Estimate:
    """What `generate` would cost. Sends nothing."""
    now = session().settings()
    order = make_order(prompt, now, **fields)
    return session().engine(now, order.notebook).price(order)


def begin(prompt: str, settings: Settings, by_callback: bool, **fields: Any) -> Job:
    """The job of `generate`, without waiting for it. `by_callback`: see Order."""
    order = replace(make_order(prompt, settings, **fields), by_callback=by_callback)
    if order.take == "new":
        refuse_new(order, settings)
    return session().place(order, settings)


@overload
def edit(prompt: str, images: Any, *, estimate: Literal[True], **fields: Any) -> Estimate: ...
@overload
def edit(prompt: str, images: Any, *, background: Literal[True], **fields: Any) -> Job: ...
@overload
def edit(prompt: str, images: Any, **fields: Any) -> Run: ...
def edit(prompt: str, images: Any, **fields: Any) -> Run | Job | Estimate:
    """Pictures from pictures: `generate` with the edit variant of the model.

    `images` is one or several of: path, URL, `data:` address, bytes, PIL image, array, Run, image of a Run.
    """
    made: Run | Job | Estimate = generate(prompt, images=images, **fields)
    return made


@overload
def remake(run: Run, *, estimate: Literal[True], **terms: Any) -> Estimate: ...
@overload
def remake(run: Run, *, background: Literal[True], **terms: Any) -> Job: ...
@overload
def remake(run: Run, **terms: Any) -> Run: ...
def remake(run: Run, *, background: bool = False, estimate: bool = False, **terms: Any) -> Run | Job | Estimate:
    """The same request once more, as a take of its own: bought at the first call, from then on shown from the record.

    The seed that was sent is sent again, also one that was drawn, which counts as asked for from then on; with
    `new_seed=True` another is drawn. Terms are `new_seed, take, tag, max_cost, yes`, as of `generate`; `take` names
    another one than the first that was bought for this. Pictures that went in come from the store.

    Raises what `generate` raises.
    """
    now = session().settings()
    if estimate:
        order = remake_order(run, now, **terms)
        return session().engine(now, order.notebook).price(order)
    job = begin_remake(run, now, in_callback(), **terms)
    return job if background else wait_for(job, now)


def begin_remake(run: Run, settings: Settings, by_callback: bool, **terms: Any) -> Job:
    """The job of `remake`, without waiting for it. `by_callback`: see Order."""
    order = replace(remake_order(run, settings, **terms), by_callback=by_callback)
    if order.take == "new":
        refuse_new(order, settings)
    return session().place(order, settings)


def remake_order(
    run: Run,
    settings: Settings,
    *,
    new_seed: bool = False,
    take: Take = None,
    tag: str | Sequence[str] | None = None,
    max_cost: object = None,
    yes: bool = False,
) -> Order:
    """The order that makes a run again. Raises InvalidRequest with every problem there is."""
    limit, problems = _terms(take, max_cost)
    learn_model(run.model, settings)
    notebook = notebook_of(settings)
    here = session().engine(settings, notebook).connection.origin
    try:
        if settings.online and here != run.origin:
            raise NotRemade(f"was made at {run.origin}: connect there first; this is {here}")
        request = request_again(run, new_seed=new_seed)
    except NotRemade as reason:
        raise InvalidRequest([Problem("run", run.short, str(reason)), *problems]) from None
    if problems:
        raise InvalidRequest(problems)
    template = run.prompt_template
    return Order(request, take, _as_tags(tag), limit, yes, notebook, template, remake_of=run.id)


def history(saved: str | os.PathLike[str] | None = None, *, all: bool = False) -> History:  # noqa: A002 - the word a person types
    """This notebook's runs, newest first; the store's where no notebook is known, or with `all=True`.

    `saved`: a notebook's file, whose own records are read alone: no store, no key, nothing is written beside it.
    Raises NotANotebook.
    """
    if saved is not None:
        from .record.saved.reader import history_of

        return history_of(Path(saved).expanduser())
    now = session().settings()
    notebook = notebook_of(now)
    store = session().store(now, notebook)
    return History(store.index, notebook=None if all else store.relative(notebook))


def callback_secret(label: str = "runflow_nb") -> Secret:
    """A new secret that Runflow signs callbacks with, from now on; `callbacks.verify` takes it as it is.

    Runflow tells it this once: `.reveal()` is the text, to be kept where the receiver runs. Earlier secrets stay good
    until they are deleted. Raises the errors of a connection: NotConnected, KeyRefused, ServerUnavailable, ...; and
    RunflowError where `reuse` is "only".
    """
    now = session().settings()
    if now.reuse == "only":
        raise RunflowError('callback_secret() asks the API, and reuse is "only": allow it with reuse "on".')
    connection = session().engine(now, notebook_of(now)).connection
    return session().loop.run(make_callback_secret(connection, label))


def current_store() -> Store:
    """The store of the notebook that is calling."""
    now = session().settings()
    return session().store(now, notebook_of(now))


def connect(to: str = "live", *, api_key: str | None = None, keyring: bool = False) -> None:
    """Choose the API: `live`, `sandbox`, or a base URL. Sends nothing.

    The key is kept in memory, or with `keyring=True` in the system's keyring; without `api_key` it comes from
    RUNFLOW_API_KEY, else from the keyring when asked for. Raises NoKey where none is found.
    """
    address = {"live": LIVE_URL, "sandbox": SANDBOX}.get(to, to)
    settings_module.resolve({"base_url": address})
    if api_key is not None and not api_key.strip():
        raise NoKey
    key = Secret(api_key.strip()) if api_key is not None else None
    if keyring:
        key = _through_keyring(key)
    needs_key = address != SANDBOX and not settings_module.is_loopback(address)
    if needs_key and key is None and not has_key():
        raise NoKey
    settings_module.configured["base_url"] = address
    if key is not None:
        session().use_key(key)


def has_key() -> bool:
    """Whether a key is known in this process, whatever else is configured."""
    return session().has_key or bool(os.environ.get(settings_module.KEY_VARIABLE, "").strip())


def _through_keyring(key: Secret | None) -> Secret | None:
    from .errors import MissingExtra

    try:
        import keyring
    except ImportError:
        raise MissingExtra("Keeping the key in the system's keyring", "keyring") from None
    if key is not None:
        keyring.set_password(KEYRING_SERVICE, KEYRING_USER, key.reveal())
        return key
    kept = keyring.get_password(KEYRING_SERVICE, KEYRING_USER)
    return Secret(kept) if kept else None


def make_order(
    prompt: str,
    settings: Settings,
    *,
    model: str | None = None,
    images: Any = (),
    metadata: Mapping[str, Any] | None = None,
    callback_url: str | None = None,
    take: Take = None,
    tag: str | Sequence[str] | None = None,
    max_cost: object = None,
    yes: bool = False,
    **fields: Any,
) -> Order:
    """A validated order. Raises InvalidRequest with every problem there is."""
    limit, problems = _terms(take, max_cost)
    given = {"prompt": prompt or None, **fields} if is_foreign(str(model)) else {"prompt": prompt, **fields}
    model = None if model is None else str(model)
    learn_model(model, settings)
    asked = partial(_request, settings, model, given, _as_list(images), callback_url, metadata, problems)
    try:
        request = asked()
    except InvalidRequest:
        # What is remembered of a model may be old: what it does not take any more, or newly takes, the API knows.
        if not learn_model(model, settings, anew=True):
            raise
        request = asked()
    return Order(request, take, _as_tags(tag), limit, yes, notebook_of(settings))


def _terms(take: Take, max_cost: object) -> tuple[Decimal | None, list[Problem]]:
    """The limit in USD, and what is wrong with either."""
    problems: list[Problem] = []
    limit = None if max_cost is None else parse_usd(max_cost)
    if max_cost is not None and limit is None:
        problems.append(Problem("max_cost", without_keys(str(max_cost)), "takes an amount in USD, such as 0.50"))
    if take is not None and take != "new" and (not isinstance(take, int) or isinstance(take, bool) or take < 1):
        problems.append(Problem("take", without_keys(str(take)), "takes a number from 1, or new", "1"))
    return limit, problems


def _as_tags(tag: str | Sequence[str] | None) -> tuple[str, ...]:
    return (tag,) if isinstance(tag, str) else tuple(tag or ())


def learn_model(model: str | None, settings: Settings, *, anew: bool = False) -> bool:
    """Let a model outside of the catalog be found from now on; whether there was something to learn.

    What the store remembers counts, else the API is asked once; with `anew` it is asked whatever is remembered. A model
    that nobody knows stays unknown: the request is refused for it, with all else that is wrong with it.
    """
    name = (model or "").strip()
    before, online = known(name), settings.online
    if not is_foreign(name) or (anew and not online):
        return False
    # What was said without the API, because it is on record, is no reason not to ask it now.
    if before is not None and not anew and (before.typed or not online):
        return False
    with suppress(UnknownModel):
        notebook = notebook_of(settings)
        session().engine(settings, notebook).learn(name, settings, notebook, anew=anew)
    return known(name) != before


def _request(
    settings: Settings,
    model: str | None,
    fields: Mapping[str, Any],
    images: Sequence[Any],
    callback_url: str | None,
    metadata: Mapping[str, Any] | None,
    problems: list[Problem],
) -> RunRequest:
    try:
        request = build_with_defaults(
            settings.defaults, model, fields, images, callback_url, metadata, named=settings_module.spelled
        )
    except InvalidRequest as error:
        raise InvalidRequest([*error.problems, *problems]) from None
    if problems:
        raise InvalidRequest(problems)
    return request


def _as_list(images: Any) -> tuple[Any, ...]:
    if images is None:
        return ()
    return tuple(images) if isinstance(images, list | tuple) else (images,)


def refuse_new(order: Order, settings: Settings) -> None:
    """`take="new"` where no cell can be rewritten to the number it got: it would buy at every run."""
    number = session().engine(settings, order.notebook).next_take(order)
    reason = "would buy another picture at every run; write the number of the next one"
    raise InvalidRequest([Problem("take", "new", reason, str(number))])


def wait_for(job: Job, settings: Settings) -> Run:
    """The finished run, waited for within the limit.

    Raises StillRunning when the limit is over and WaitInterrupted on an interrupt: a run that was begun goes on in both
    cases, and none is begun any more.
    """
    try:
        return waiter(settings.wait)(job, settings.wait_limit)
    except TimeoutError:
        job.withdraw()
        raise StillRunning(job.id or "", settings.wait_limit) from None
    except KeyboardInterrupt:
        job.withdraw()
        raise WaitInterrupted(job.id or "") from None
