"""The embedded default: PostgreSQL, Valkey, worker, beat and web from one command.

`python -m config.embedded run` starts all of them; `docs/operations.md` tells how it is built.
"""

import os
import sys

from config.embedded.place import Place, Sockets, is_listening


def running_environment() -> dict[str, str] | None:
    """The addresses of this checkout's running servers; None when none runs."""
    place = Place.of_checkout()
    state = place.state()
    addresses = state.get("environment")
    folder = state.get("sockets")
    if not isinstance(addresses, dict) or not isinstance(folder, str):
        return None
    if not is_listening(Sockets.at(folder).database):
        return None
    return {**addresses, "SECRET_KEY": place.secret_key()}


def use_running_servers() -> None:
    """Point this process at the running servers unless the environment already names others.

    Ends the process with one sentence when there is no database to use.
    """
    if os.environ.get("DATABASE_URL"):
        return
    addresses = running_environment()
    if addresses is None:
        sys.exit(
            "No database is running for this checkout: start one with `make run`, let `make "
            'manage ARGS="..."` start one for this command alone, or set DATABASE_URL.'
        )
    for name, value in addresses.items():
        os.environ.setdefault(name, value)
