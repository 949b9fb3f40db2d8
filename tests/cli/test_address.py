"""A server's address is spelt in one way, and says whether it is safe."""

import pytest

from tc_cli.client import address
from tc_cli.client.errors import Misuse


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("connect.example.org", "https://connect.example.org"),
        ("https://connect.example.org/", "https://connect.example.org"),
        ("https://example.org/tele/", "https://example.org/tele"),
        ("localhost:8080", "http://localhost:8080"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        (" http://10.0.0.1:8080 ", "http://10.0.0.1:8080"),
    ],
)
def test_addresses_have_one_spelling(given: str, normal: str) -> None:
    assert address.normal(given) == normal


@pytest.mark.parametrize("given", ["", "ftp://example.org", "https://"])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(Misuse):
        address.normal(given)


@pytest.mark.parametrize(
    ("server", "safe"),
    [
        ("https://example.org", True),
        ("http://localhost:1", True),
        ("http://127.0.0.2", True),
        ("http://[::1]:80", True),
        ("http://example.org", False),
        ("http://10.0.0.1", False),
        ("http://localhost.example.org", False),
    ],
)
def test_only_https_and_this_machine_are_safe(server: str, safe: bool) -> None:
    assert address.is_safe(server) is safe


def test_the_stream_is_beside_the_api() -> None:
    assert address.stream("https://example.org/tele") == "wss://example.org/tele/api/v1/stream"
    assert address.stream("http://localhost:8080") == "ws://localhost:8080/api/v1/stream"
