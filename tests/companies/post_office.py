"""A mail server on this machine, which keeps what it takes, and may hold or refuse it."""

from __future__ import annotations

import contextlib
import email
import socketserver
import threading
from collections.abc import Iterator
from email.message import Message
from typing import Any, Final

_ANSWERS: Final = {"EHLO": "250 here", "HELO": "250 here", "QUIT": "221 bye"}


class PostOffice(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as a client needs to hand a letter in.

    taken: the letters it has; asked: how often somebody wanted to hand one in. refuses: addresses it takes nothing for.
    While it is held nobody is answered: before the letter, or after it was taken, as by a server whose answer is lost.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Clerk)
        self.taken: list[Message] = []
        self.refuses: set[str] = set()
        self.asked = 0
        self.is_kept_first = False
        self._may_answer = threading.Event()
        self._may_answer.set()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """As `EMAIL_URL` names it."""
        return f"smtp://127.0.0.1:{self.port}"

    @contextlib.contextmanager
    def holding(self, *, is_kept_first: bool) -> Iterator[None]:
        """Inside, whoever hands a letter in waits: before it is taken, or for the word that it was."""
        self.is_kept_first = is_kept_first
        self._may_answer.clear()
        try:
            yield
        finally:
            self._may_answer.set()

    def to(self, address: str) -> list[Message]:
        """The letters taken for an address."""
        return [letter for letter in self.taken if letter["To"] == address]

    def await_letter(self) -> None:
        """Somebody wants to hand a letter in."""
        self.asked += 1
        if not self.is_kept_first:
            self._may_answer.wait(60)

    def take(self, letter: Message) -> None:
        """Keep a letter."""
        self.taken.append(letter)
        self._may_answer.wait(60)

    def clear(self) -> None:
        """As on the first day."""
        self.taken.clear()
        self.refuses.clear()
        self.asked, self.is_kept_first = 0, False


class _Clerk(socketserver.StreamRequestHandler):
    server: PostOffice

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            self._say("220 here")
            while line := self.rfile.readline().decode("utf-8", "replace").strip():
                word = line.split(" ")[0].upper()
                if word == "DATA":
                    self.server.await_letter()
                    self._say("354 go on")
                    self.server.take(self._letter())
                    self._say("250 taken")
                elif word == "RCPT" and any(address in line for address in self.server.refuses):
                    self._say("550 nobody here of that name")
                else:
                    self._say(_ANSWERS.get(word, "250 yes"))

    def _letter(self) -> Message:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        if not line:
            raise ConnectionError
        return email.message_from_bytes(b"".join(lines))

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextlib.contextmanager
def post_office() -> Iterator[PostOffice]:
    """One that is open while the block runs."""
    office: Any
    with PostOffice() as office:
        threading.Thread(target=office.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield office
        finally:
            office.shutdown()
