"""The cluster to work on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from distributed import Client, default_client

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def connected(client: Any) -> Iterator[Any]:
    """Yield the client, the last one made, or one of a new cluster that is closed at the end."""
    if client is None:
        try:
            client = default_client()
        except ValueError:
            with Client(threads_per_worker=1, dashboard_address=":0") as own:
                yield own
            return
    yield client
