"""A name server on this machine, which knows what it is told."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import dns.message
import dns.rcode
import dns.rrset
from dns.resolver import Resolver

HOST = "127.0.0.1"


@contextmanager
def serving(texts: dict[str, list[str]]) -> Iterator[Resolver]:
    """Answer for these names; give who asks here, and nowhere else."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((HOST, 0))
        thread = Thread(target=_answer_all, args=(server, texts), daemon=True)
        thread.start()
        yield asking(server.getsockname()[1])
        # An empty datagram ends it.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", server.getsockname())
        thread.join()


def asking(port: int) -> Resolver:
    """Ask at this port of this machine."""
    resolver = Resolver(configure=False)
    resolver.nameservers, resolver.port = [HOST], port
    return resolver


def _answer_all(server: socket.socket, texts: dict[str, list[str]]) -> None:
    while True:
        asked, sender = server.recvfrom(4096)
        if not asked:
            return
        server.sendto(_answer(dns.message.from_wire(asked), texts), sender)


def _answer(query: dns.message.Message, texts: dict[str, list[str]]) -> bytes:
    answer = dns.message.make_response(query)
    name = query.question[0].name
    asked = name.to_text(omit_final_dot=True)
    # A name above others is there, though it has nothing.
    above = any(each.endswith(f".{asked}") for each in texts)
    found = texts.get(asked, [] if above else None)
    if found is None:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    elif found:
        quoted = [f'"{text}"' for text in found]
        answer.answer.append(dns.rrset.from_text_list(name, 60, "IN", "TXT", quoted))
    return answer.to_wire()
