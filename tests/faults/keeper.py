"""PostgreSQL and Valkey for the tests of faults, stopped and started on a word from the other end of a pipe.

`python -m tests.faults.keeper FOLDER` prints the addresses as JSON, then obeys lines: `stop NAME SIGNAL`, `start NAME`.
All is gone when the pipe closes.
"""

import json
import os
import signal
import sys
from pathlib import Path

from config.embedded.place import Place
from config.embedded.progress import Progress
from config.embedded.servers import PostgreSQL, wait_for_valkey
from config.embedded.supervisor import Supervisor, stoppable


def main() -> None:
    place = Place(Path(sys.argv[1]).resolve())
    place.prepare()
    with stoppable(), Supervisor(place, Progress(is_quiet=True), is_throwaway=True) as servers:
        servers.start_servers()
        children = {child.name: child for child in servers._children}  # noqa: SLF001 the product names them nowhere else
        addresses = servers.sockets.environment() | {"SECRET_KEY": place.secret_key()}
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
        for line in sys.stdin:
            word, name, *how = line.split()
            child = children[name]
            if word == "stop" and child.process is not None:
                os.kill(child.process.pid, int(signal.Signals[how[0]]))
                child.process.wait(30)
            else:
                servers.start(child)
                if name == "valkey":
                    wait_for_valkey(child, servers.sockets)
                else:
                    PostgreSQL(place, servers.sockets, is_throwaway=True).wait_until_ready(child)
            sys.stdout.write("done\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
