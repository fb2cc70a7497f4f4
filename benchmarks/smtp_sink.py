"""An SMTP server that accepts everything, in a process of its own.

It does as little as SMTP allows, so that the senders are measured, not the server; told so, it
takes its time before it accepts a mail, as one that writes it to a disk or asks a filter.
"""

import socketserver
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

ANSWERS = {
    b"EHLO": b"250-localhost\r\n250 SIZE 10000000\r\n",
    b"DATA": b"354 Go on\r\n",
    b"QUIT": b"221 Goodbye\r\n",
}


class Sink(socketserver.StreamRequestHandler):
    """One connection."""

    pause = 0.0

    def handle(self) -> None:
        """Answer each command, and read the mails away."""
        self.wfile.write(b"220 localhost\r\n")
        for line in self.rfile:
            command = line[:4].upper()
            self.wfile.write(ANSWERS.get(command, b"250 OK\r\n"))
            if command == b"DATA":
                while self.rfile.readline() != b".\r\n":
                    pass
                time.sleep(self.pause)
                self.wfile.write(b"250 OK\r\n")
            if command == b"QUIT":
                return


@contextmanager
def running(pause_ms: int = 0) -> Iterator[int]:
    """Run a sink for the time of the block, which waits that long at each mail; give its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.smtp_sink", str(pause_ms)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    Sink.pause = int(sys.argv[1]) / 1_000
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sink) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
