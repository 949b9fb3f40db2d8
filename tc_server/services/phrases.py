"""What staff may say with one key, in the language of who reads it."""

from collections.abc import Mapping

from tc_server.domain.errors import UnknownLanguage
from tc_server.domain.people import Staff
from tc_server.locales import UnknownLanguage as NoCatalogue
from tc_server.locales import catalogue


def phrases(_staff: Staff, language: str) -> Mapping[str, str]:
    """Return the quick phrases by id, in the order of a conversation. Raises UnknownLanguage."""
    try:
        return catalogue(language).phrases()
    except NoCatalogue:
        raise UnknownLanguage from None
