"""Work beside one's own: a second process that computes while this one talks to the database.

    with Beside(make, *args, apart=True) as beside:        # make(*args) gives a worker, made over there
        for answer in beside.answers(requests):            # worker(request), in order, some requests ahead
            ...

A new interpreter is started, nothing is forked: threads, locks and database connections of this process
stay out of it, and what it runs knows no database. `make`, its arguments, requests and answers go through a
pipe as pickles between a process and its own child: plain values, and functions found by their name.

Where there is one core only, or the process can't be started, the work is done here and nothing else
changes. When the child dies in the middle (killed, out of memory) `Gone` is raised; what its worker raises
is raised here.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

log = logging.getLogger("yuanzhi.beside")

AHEAD = 8  # requests on their way: enough to keep both busy, few enough to hold little
_HEAD = 8  # bytes of a message's length
_CODE = "from yuanzhi.kernel.beside import serve; serve()"

Worker = Callable[[Any], Any]


class Gone(RuntimeError):
    """The second process ended before its work was done."""


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Beside:
    """A worker in a process of its own, or here (`apart=False`, or when that can't be)."""

    def __init__(self, make: Callable[..., Worker], *args: Any, apart: bool = True) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._worker: Worker | None = None
        self._raw: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        if apart and cores() > 1:
            self._process = _start()
        if self._process is None:
            self._worker = make(*args)
            return
        threading.Thread(target=self._listen, daemon=True).start()
        self._send((make, args))

    @property
    def apart(self) -> bool:
        """Whether there really is a second process."""
        return self._process is not None

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the second process, whatever it is at."""
        if self._process is not None:
            self._process.kill()
            with contextlib.suppress(OSError):  # what was not sent yet is not missed
                self._process.stdin.close()  # type: ignore[union-attr]
            self._process.wait()

    def answers(self, requests: Iterable[Any]) -> Iterator[Any]:
        """The answers to these requests, in order. The next requests are made while an answer is in use."""
        if self._worker is not None:
            yield from map(self._worker, requests)
            return
        going: deque[None] = deque()
        source = iter(requests)
        while True:
            while len(going) < AHEAD:
                try:
                    request = next(source)
                except StopIteration:
                    break
                self._send(request)
                going.append(None)
            if not going:
                return
            answer = self._receive()
            going.popleft()
            yield answer

    # -- the pipe ----------------------------------------------------------------------------------------

    def _send(self, message: Any) -> None:
        assert self._process is not None and self._process.stdin is not None
        try:
            _write(self._process.stdin, message)
        except OSError as error:
            raise Gone("the second process is gone") from error

    def _listen(self) -> None:
        """Takes answers off the pipe as they come, so that neither side waits for the other crosswise."""
        assert self._process is not None and self._process.stdout is not None
        with self._process.stdout as pipe:
            while (data := _read(pipe)) is not None:
                self._raw.put(data)
        self._raw.put(None)

    def _receive(self) -> Any:
        data = self._raw.get()
        if data is None:
            assert self._process is not None
            raise Gone(f"the second process ended with {self._process.wait()}")
        fine, answer = pickle.loads(data)  # noqa: S301 - from our own child, which we started
        if not fine:
            raise answer
        return answer


def _start() -> subprocess.Popen[bytes] | None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-c", _CODE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
        )
    except OSError as error:
        log.warning("no second process (%s): everything is done in this one", error)
        return None


def _write(pipe: IO[bytes], message: Any) -> None:
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    pipe.write(len(data).to_bytes(_HEAD, "big") + data)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    """The next message's bytes; None when the other side is gone."""
    head = pipe.read(_HEAD)
    if len(head) < _HEAD:
        return None
    size = int.from_bytes(head, "big")
    data = pipe.read(size)
    return data if len(data) == size else None


def serve() -> None:
    """The second process: make the worker, answer until nobody asks any more."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not get in between
    try:
        _answer(requests, answers)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)  # the other side is gone: there is nobody to tell


def _answer(requests: IO[bytes], answers: IO[bytes]) -> None:
    worker: Worker | None = None
    while (data := _read(requests)) is not None:
        try:
            message = pickle.loads(data)  # noqa: S301 - from the process that started this one
            if worker is None:
                make, args = message
                worker = make(*args)
                gc.collect()
                gc.freeze()  # what was made to stay need not be looked through again and again
                continue
            answer = (True, worker(message))
        except Exception as error:  # told over there, where somebody waits for it
            answer = (False, _plain(error))
        _write(answers, answer)


def _plain(error: Exception) -> Exception:
    """The error as it can be sent: itself, or its words where it can't be pickled."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - just made
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
