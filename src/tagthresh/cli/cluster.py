"""Where the clips are counted: in this process, or by the workers of a Dask cluster."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tagthresh.cli.options import whole
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Engine = Annotated[
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
class Cluster:
    """A Dask cluster: one that runs, by the address of its scheduler, or one of this machine."""

    scheduler: str | None = None
    workers: int | None = None

    @contextmanager
    def client(self) -> Iterator[Any]:
        """Connect to it; one of this machine begins and ends here."""
        try:
            from distributed import KilledWorker
        except ImportError:
            raise InputError(
                "--engine dask", "needs Dask", remedy='pip install "tagthresh[dask]"'
            ) from None
        try:
            with self._connected() as client:
                yield client
        except KilledWorker as error:
            first_line = str(error).splitlines()[0]
            raise InputError(
                "workers", "were lost again and again", first_line, remedy="Give less --memory"
            ) from None

    def _connected(self) -> Any:
        from distributed import Client

        from tagthresh.cli.workers import local_client

        if self.scheduler is None:
            return local_client(
                n_workers=self.workers,
                threads_per_worker=1,
                dashboard_address=":0",
                silence_logs=logging.CRITICAL,  # what went wrong is told in one line, at the end
            )
        try:
            return Client(self.scheduler)
        except (OSError, ValueError) as error:
            raise InputError(
                f"--scheduler {self.scheduler}", f"cannot be reached: {error}"
            ) from None


def chosen(
    given: Mapping[str, str], engine: str, scheduler: str | None, workers: int | None
) -> Cluster | None:
    """Check the options against each other; None is this process."""
    for name in ("scheduler", "workers"):
        if name in given and engine != "dask":
            raise InputError(given[name], "needs --engine dask")
    if scheduler is not None and workers is not None:
        raise InputError("--scheduler and --workers", "exclude each other: the cluster has its own")
    return Cluster(scheduler, workers) if engine == "dask" else None
