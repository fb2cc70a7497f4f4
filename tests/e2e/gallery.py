"""The screens of tests/support/gallery.py, shown again to a real browser."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, Request, Route, ViewportSize

from tests.support.gallery import Screen

ORIGIN = "http://localhost"
PHONE = ViewportSize(width=320, height=568)
DESKTOP = ViewportSize(width=1440, height=900)


@dataclass
class Visit:
    """A browser window that shows saved screens; it notes what a page asks for and complains of."""

    context: BrowserContext
    page: Page
    screen: Screen | None = None
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def show(self, screen: Screen) -> Page:
        """Open a screen, as if it had just come from the portal, in the light."""
        self.screen = screen
        self.page.emulate_media(color_scheme="light")
        self.asked.clear()
        self.complaints.clear()
        self.page.goto(f"{ORIGIN}{screen.path}", wait_until="load")
        return self.page

    def answer(self, route: Route, request: Request) -> None:
        """Give the screen, or one of the files that it loads."""
        self.asked.append(request.url)
        parts = urlsplit(request.url)
        assert self.screen is not None
        if request.resource_type == "document":
            screen = self.screen
            route.fulfill(status=screen.status, headers=screen.headers, body=screen.body)
            return
        answer = self.screen.visitor.fetch(f"{parts.path}?{parts.query}")
        route.fulfill(
            status=answer.status_code, headers=dict(answer.headers), body=answer.get_data()
        )


def open_visit(chromium: Chromium, **options: object) -> Visit:
    """Open a window on saved screens; the options are those of Playwright's contexts."""
    context = chromium.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    visit = Visit(context, page)
    page.route("**/*", visit.answer)
    page.on("console", lambda message: visit.complaints.append(message.text))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    return visit
