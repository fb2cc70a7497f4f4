"""Parents recognise their devices."""

import pytest

from app.services.accounts.user_agents import describe, is_handheld

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0",
         "Firefox sur un téléphone Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
         "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1", "Safari sur un iPhone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
         "(KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1", "Chrome sur un iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/16.6 Mobile/15E148 Safari/604.1", "Safari sur un iPad"),
        (f"Mozilla/5.0 (Linux; Android 14; SM-T970) {WEBKIT} SamsungBrowser/28.0 Chrome/130.0 "
         "Safari/537.36", "Samsung Internet sur une tablette Android"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/142.0 Safari/537.36 "
         "Edg/142.0", "Edge sur un ordinateur Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/142.0 Safari/537.36",
         "Chrome sur un ordinateur Windows"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 16181.61) {WEBKIT} Chrome/142.0 Safari/537.36",
         "Chrome sur un Chromebook"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
         "(KHTML, like Gecko) Version/18.1 Safari/605.1.15", "Safari sur un Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
         "Firefox sur un ordinateur Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Inconnu/1.0", "Un ordinateur Windows"),
        ("curl/8.14", "Appareil inconnu"),
        ("", "Appareil inconnu"),
    ],
)  # fmt: skip
def test_devices_are_named_as_people_name_them(user_agent: str, words: str) -> None:
    assert describe(user_agent) == words


def test_a_computer_is_no_telephone() -> None:
    assert is_handheld("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0")
    assert not is_handheld("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0")
