"""How a JPEG is laid out, read from its markers before anything is decoded.

A decoder goes over every pixel once for each scan, and keeps in memory, whole, what comes in
several passes. A few kilobytes may thus hold hours of work.
"""

import re
from typing import NamedTuple

# What follows is no marker: stuffed bytes, restarts, and the one that stands alone.
MARKER = re.compile(rb"\xff+([^\x00\x01\xff\xd0-\xd7])", re.DOTALL)
START_OF_FRAME = frozenset({0xC0, 0xC1})
START_OF_IMAGE, END_OF_IMAGE, START_OF_SCAN = 0xD8, 0xD9, 0xDA
# After the marker: two bytes of length, one of precision, four of size, then the components.
COMPONENTS_OF_FRAME, COMPONENTS_OF_SCAN = 7, 2


class Layout(NamedTuple):
    """In how many scans a picture comes, and whether it is decoded row by row as it is read."""

    scans: int
    in_one_pass: bool


def layout(content: bytes) -> Layout:
    """Go through the markers of the first picture of a file."""
    scans, components, in_one_pass = 0, None, True
    at = 0
    while found := MARKER.search(content, at):
        marker, at = found[1][0], found.end()
        if marker == END_OF_IMAGE:
            break
        if marker in START_OF_FRAME:
            components = content[at + COMPONENTS_OF_FRAME : at + COMPONENTS_OF_FRAME + 1]
        elif marker == START_OF_SCAN:
            scans += 1
            of_scan = content[at + COMPONENTS_OF_SCAN : at + COMPONENTS_OF_SCAN + 1]
            in_one_pass &= of_scan == components
        if marker != START_OF_IMAGE:
            at += max(2, int.from_bytes(content[at : at + 2]))
    return Layout(scans, in_one_pass)
