"""Run a program with the calls to the kernel that a unit leaves it, as systemd would.

filtered.py CALL[,CALL…] PROGRAM [WORD…]: any other call is refused (EPERM).
"""

import ctypes
import errno
import os
import sys

ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
KERNEL = "libseccomp.so.2"


def main(calls: str, *command: str) -> None:
    """Leave the calls, then become the program."""
    library = ctypes.CDLL(KERNEL)
    library.seccomp_init.restype = ctypes.c_void_p
    kept = ctypes.c_void_p(library.seccomp_init(REFUSE))
    for call in calls.split(","):
        number = library.seccomp_syscall_resolve_name(call.encode())
        # Those of other processors have no number here.
        if number >= 0 and library.seccomp_rule_add(kept, ALLOW, number, 0):
            sys.exit(f"filtered: {call}")
    if library.seccomp_load(kept):
        sys.exit("filtered: refused by the kernel")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
