"""One process that has read the portal, and becomes each `flask` command of the machine by a fork.

To read it anew takes a second of each: by here a command has the same words, folder, environment,
user and files as by `runuser`. Run as reader.py SOCKET; asked by reader.py SOCKET -- env … flask ….
"""

import json
import os
import socket
import sys

LONGEST = 1 << 17
STANDARD = (0, 1, 2)


def ask(path: str, command: list[str]) -> None:
    """Have a command run with what this process has, and end as it does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as reader:
        reader.connect(path)
        told = json.dumps([command, dict(os.environ), os.getcwd()]).encode()  # noqa: PTH109
        socket.send_fds(reader, [told], STANDARD)
        sys.exit(int(reader.recv(LONGEST)))


def serve(path: str) -> None:
    """Read the portal, then run what is asked, one after the other."""
    import alembic.command
    import flask.cli

    import app.cli.database
    import app.web.printing
    import config

    assert all((alembic, flask, app, config))
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
        door.bind(path)
        os.chmod(path, 0o777)  # noqa: PTH101
        door.listen()
        while True:
            visitor, _ = door.accept()
            with visitor:
                told, files, _, _ = socket.recv_fds(visitor, LONGEST, len(STANDARD))
                child = os.fork()
                if not child:
                    command, environ, folder = json.loads(told)
                    _become(command, environ, folder, files)
                for each in files:
                    os.close(each)
                _, status = os.waitpid(child, 0)
                visitor.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(command: list[str], environ: dict[str, str], folder: str, files: list[int]) -> None:
    for ours, theirs in zip(STANDARD, files, strict=True):
        os.dup2(theirs, ours)
    os.chdir(folder)
    assert command.pop(0) == "env"
    while "=" in command[0]:
        name, _, environ[name] = command.pop(0).partition("=")
    os.environ.clear()
    os.environ.update(environ)
    assert command[0].endswith("/flask")
    sys.argv = command
    import flask.cli

    flask.cli.main()
    sys.exit()


if __name__ == "__main__":
    if sys.argv[2:3] == ["--"]:
        ask(sys.argv[1], sys.argv[3:])
    else:
        serve(sys.argv[1])
