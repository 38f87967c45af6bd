"""Every exception a user can meet. Each text says what happened, what it means for money, and what to do next.

RunflowError
├── InvalidRequest          something in the request is wrong; nothing was sent
│   └── InvalidCommand          a line of %runflow is wrong
├── InvalidSetting          a setting, in whatever place it was made, has a value that cannot be used
├── NotConnected            no key and no sandbox, and nothing on record
│   └── NoKey                   a connection needs a key, and none is known
├── NotOnRecord             reuse is "only", and the run is not here
├── PicturesGone            the run is on record, its pictures are not and cannot be fetched again
├── NotANotebook            a file cannot be read as a notebook with records
├── NotForgotten            a run cannot be forgotten now
├── BudgetExceeded          the run could cost more than is left
├── StoreUnavailable        the store cannot be written: nothing is sent that could not be recorded
├── ServerUnavailable       the API could not be reached; nothing was accepted
├── RequestRefused          the API said no (HTTP 4xx); nothing was accepted
│   ├── KeyRefused              401
│   ├── InsufficientCredit      402
│   ├── AccessDenied            403
│   └── UploadRefused           a picture that has to be uploaded first was not taken
├── RunFailed               accepted, then ended without a picture
├── RunUnknown              it cannot be known whether the API accepted the run
├── NotSettled              a run has an end of its own, or may still get one
├── StillRunning            the wait is over, the run goes on
├── NotCollected            the run was accepted, and the API does not tell of it now
├── DownloadFailed          the run succeeded, its pictures could not be fetched (yet)
├── NotSaved                the run is on record, a copy of its picture could not be put where it was wanted
├── RecipeUnreadable        a picture holds a recipe that is damaged, or of a newer version
├── NotPacked               a notebook cannot be packed
│   └── KeyFound                a key would go out
├── NotUnpacked             a file is not unpacked; nothing was written
│   ├── NotAPack                it is no pack
│   ├── NewerPack               a newer version wrote it
│   ├── DamagedPack             it is not as it was written
│   ├── UnsafePack              it would do something else than bring a notebook
│   ├── KeyInPack               a key stands in it
│   └── FilesInTheWay           other files are here under the same names
├── CallbackRefused         what came as a callback is not to be acted on
│   ├── InvalidSignature        its signature is missing, or fits no secret
│   └── MalformedCallback       it cannot be read as an event
└── MissingExtra            an optional package is needed

WaitInterrupted (KeyboardInterrupt)   the person stopped waiting; the run goes on
"""

from __future__ import annotations

from .asking import InvalidCommand as InvalidCommand
from .asking import InvalidRequest as InvalidRequest
from .asking import InvalidSetting as InvalidSetting
from .asking import Problem as Problem
from .base import CellText as CellText
from .base import MissingExtra as MissingExtra
from .base import RunflowError as RunflowError
from .callbacks import CallbackRefused as CallbackRefused
from .callbacks import InvalidSignature as InvalidSignature
from .callbacks import MalformedCallback as MalformedCallback
from .connection import AccessDenied as AccessDenied
from .connection import InsufficientCredit as InsufficientCredit
from .connection import KeyRefused as KeyRefused
from .connection import NoKey as NoKey
from .connection import NotConnected as NotConnected
from .connection import RequestRefused as RequestRefused
from .connection import ServerUnavailable as ServerUnavailable
from .connection import UploadRefused as UploadRefused
from .pack import DamagedPack as DamagedPack
from .pack import FilesInTheWay as FilesInTheWay
from .pack import KeyFound as KeyFound
from .pack import KeyInPack as KeyInPack
from .pack import NewerPack as NewerPack
from .pack import NotAPack as NotAPack
from .pack import NotPacked as NotPacked
from .pack import NotUnpacked as NotUnpacked
from .pack import UnsafePack as UnsafePack
from .pictures import RecipeUnreadable as RecipeUnreadable
from .record import NotANotebook as NotANotebook
from .record import NotForgotten as NotForgotten
from .record import NotOnRecord as NotOnRecord
from .record import NotSaved as NotSaved
from .record import PicturesGone as PicturesGone
from .record import StoreUnavailable as StoreUnavailable
from .runs import DownloadFailed as DownloadFailed
from .runs import NotCollected as NotCollected
from .runs import NotSettled as NotSettled
from .runs import RunFailed as RunFailed
from .runs import RunUnknown as RunUnknown
from .runs import StillRunning as StillRunning
from .runs import WaitInterrupted as WaitInterrupted
from .spending import BudgetExceeded as BudgetExceeded
