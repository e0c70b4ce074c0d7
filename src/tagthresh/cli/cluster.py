"""Where the clips are counted: in this process, or by the workers of a Dask cluster."""

from __future__ import annotations

import logging
import os
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tagthresh import InputError, process
from tagthresh.cli.options import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS = 3  # of killing: a process may be on its way
EngineName = Annotated[
    Literal["local", "dask"],
    typer.Option(
        "--engine",
        metavar="NAME",
        help="local or dask; dask: by the workers of a Dask cluster, of this machine's cores "
        "unless --scheduler names another one.",
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Scheduler of the Dask cluster, such as tcp://10.0.0.1:8786; its workers must see "
        "FILE under the same path.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        metavar="N",
        parser=whole(1),
        help="Processes of the Dask cluster on this machine; one a core by default.",
    ),
]


@dataclass(frozen=True)
class Engine:
    """Where clips are counted: here, or on a Dask cluster, a running one or one of this machine."""

    engine: EngineName = "local"
    scheduler: Scheduler = None
    workers: Workers = None

    def __post_init__(self) -> None:
        for name in ("scheduler", "workers"):
            if getattr(self, name) is not None and self.engine != "dask":
                raise InputError(f"--{name}", "needs --engine dask")
        if self.scheduler is not None and self.workers is not None:
            rule = "cannot be combined: the cluster has its own workers"
            raise InputError("--scheduler and --workers", rule)

    @property
    def is_dask(self) -> bool:
        """Whether clips are counted by the workers of a Dask cluster."""
        return self.engine == "dask"

    @contextmanager
    def client(self) -> Iterator[Any]:
        """Connect to it; one of this machine begins and ends here."""
        try:
            from distributed import KilledWorker
        except ImportError:
            raise InputError(
                "--engine dask", "needs Dask", remedy='Run pip install "tagthresh[dask]"'
            ) from None
        try:
            with self._connected() as client:
                yield client
        except KilledWorker as error:
            first_line = str(error).splitlines()[0]
            raise InputError(
                "workers", "were lost repeatedly", first_line, remedy="Set a lower --memory"
            ) from None

    def _connected(self) -> Any:
        from distributed import Client

        if self.scheduler is None:
            return _local_client(
                n_workers=self.workers,
                threads_per_worker=1,
                dashboard_address=":0",
                silence_logs=logging.CRITICAL,  # the error says in one line what went wrong
            )
        try:
            return Client(self.scheduler)
        except (OSError, ValueError) as error:
            raise InputError(f"--scheduler {self.scheduler}:", f"cannot connect; {error}") from None


# Processes of a cluster of this machine: they end with the command, and in silence.


def _local_client(**options: Any) -> Any:
    """Start a cluster of this machine, whose processes leave signals to this one."""
    from distributed import Client

    process.before_end(_killing_children_of(os.getpid()))
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        return Client(**options)
    # A terminal sends these to the whole group. Threads and processes begun here inherit the mask.
    of_group = {signal.SIGINT, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, of_group)
    try:
        _start_tracker()
        signal.pthread_sigmask(signal.SIG_BLOCK, of_group)  # the tracker's start lets them through
        return Client(**options)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_tracker() -> None:
    """Start the process that removes semaphores after an end at once, as is its job, silently."""
    from multiprocessing import resource_tracker

    with _environment("PYTHONWARNINGS", "ignore:resource_tracker"):
        resource_tracker.ensure_running()


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _killing_children_of(pid: int) -> Callable[[], None]:
    """Return a function that kills the workers; the tracker ends by itself when they are gone."""
    import psutil  # a package that distributed needs

    def kill() -> None:
        for _ in range(ROUNDS):
            for child in psutil.Process(pid).children(recursive=True):
                if "resource_tracker" not in " ".join(child.cmdline()):
                    child.kill()

    return kill
