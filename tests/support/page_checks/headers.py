"""What every answer says to the browser, errors and files included."""

from collections.abc import Iterator

from werkzeug.datastructures import Headers

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # no-referrer would break every Flask-WTF form over https.
    "Referrer-Policy": "same-origin",
}
REQUIRED_SOURCES = {
    "default-src": ("'none'", "'self'"),
    "frame-ancestors": ("'none'",),
    "base-uri": ("'none'", "'self'"),
    "form-action": ("'self'",),
}
FORBIDDEN_SOURCES = ("unsafe-", "*", "http:", "https:", "data:", "blob:")
TELLTALE = ("X-Powered-By", "Via")


def header_faults(headers: Headers) -> Iterator[str]:
    """Say what is missing from the headers of an answer, or weak in them."""
    for name, value in FIXED.items():
        if headers.get(name) != value:
            yield f"{name} is {headers.get(name)!r} instead of {value!r}"
    if not headers.get("Permissions-Policy"):
        yield "Permissions-Policy is missing"
    yield from _policy_faults(headers.get("Content-Security-Policy", ""))
    for name in TELLTALE:
        if name in headers:
            yield f"{name} tells what runs here"


def _policy_faults(policy: str) -> Iterator[str]:
    directives = {
        name: sources
        for name, *sources in (part.split() for part in policy.split(";") if part.strip())
    }
    for name, allowed in REQUIRED_SOURCES.items():
        sources = directives.get(name, [])
        if not sources or not set(sources) <= set(allowed):
            yield f"Content-Security-Policy: {name} is {sources}, expected {allowed}"
    for name, sources in directives.items():
        for source in sources:
            if any(weak in source for weak in FORBIDDEN_SOURCES):
                yield f"Content-Security-Policy: {name} allows {source}"
