"""One run at a time in a folder: a lock that the operating system lets go of when its process dies."""

import fcntl
import os
import socket
from pathlib import Path
from typing import TextIO

from vecocli.errors import UsageError

LOCK = ".lock"


class FolderLock:
    """The right to write into a run's folder.

    Where the file system has no locks, or may not be written to, there is none and nobody is refused.

    Args:
        folder: The run's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._held: TextIO | None = None

    def take(self) -> None:
        """Take it, unless it is held by this object already.

        Of several processes that train together the first one takes it for all.

        Raises:
            UsageError: Somebody else holds it.
        """
        if self._held is not None or os.environ.get("RANK", "0") != "0":
            return
        try:
            while self._held is None:
                self._held = self._current()
        except BlockingIOError:
            who = self._path.read_text(encoding="utf-8").strip() if self._path.exists() else ""
            message = f"another run is writing to {self._path.parent}{f' ({who})' if who else ''}"
            raise UsageError(message, "Wait for its end, stop it, or choose another --out.") from None
        except OSError:
            return
        self._held.truncate(0)
        self._held.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        self._held.flush()

    def release(self) -> None:
        """Give it back and remove its file."""
        if self._held is not None:
            self._path.unlink(missing_ok=True)
            self._held.close()
            self._held = None

    def _current(self) -> TextIO | None:
        """Open and lock the file; None where its holder has just removed it, so that it must be made again."""
        stream = self._path.open("a", encoding="utf-8")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._path.exists() and os.path.samestat(os.fstat(stream.fileno()), self._path.stat()):
                return stream
        except OSError:
            stream.close()
            raise
        stream.close()
        return None
