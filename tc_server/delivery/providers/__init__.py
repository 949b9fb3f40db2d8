"""The providers by name. Each is one module with `NAME` and `provider(settings)`; adding one is adding it here."""

from collections.abc import Callable, Mapping

from tc_server.delivery.provider import Provider
from tc_server.delivery.providers import apprise, folder, meta, smtp, twilio
from tc_server.domain.delivery import Offer, Rules
from tc_server.services.arrivals import Listeners
from tc_server.settings import BadSetting, Settings

_MAKERS: Mapping[str, Callable[[Settings], Provider | None]] = {
    meta.NAME: meta.provider,
    twilio.NAME: twilio.provider,
    apprise.NAME: apprise.provider,
    smtp.NAME: smtp.provider,
    folder.NAME: folder.provider,
}
"""In the order in which they are tried where `TC_PROVIDERS` says none."""


def chosen(settings: Settings) -> list[Provider]:
    """Set up the providers that `TC_PROVIDERS` names, or all that are configured; the folder only if no other is.

    Raises BadSetting for one that doesn't exist or has no settings.
    """
    if not settings.providers:
        configured = [found for name, make in _MAKERS.items() if name != folder.NAME and (found := make(settings))]
        return configured or [folder.provider(settings)]
    return [_named(name, settings) for name, _ in settings.providers]


def offers(settings: Settings, providers: list[Provider]) -> tuple[Offer, ...]:
    """Tell the rules what providers there are."""
    rules = dict(settings.providers)
    return tuple(
        Offer(p.name, p.channels, rules.get(p.name, Rules()), p.remembers, p.receipts, p.templates) for p in providers
    )


def listeners(providers: list[Provider]) -> Listeners:
    """Find those that report what became of texts."""
    return {p.name: p for p in providers if isinstance(p, meta.Meta | twilio.Twilio) and p.receipts}


def _named(name: str, settings: Settings) -> Provider:
    if name not in _MAKERS:
        raise BadSetting(f"TC_PROVIDERS names '{name}', which doesn't exist. There are: {', '.join(_MAKERS)}.")
    found = _MAKERS[name](settings)
    if found is None:
        raise BadSetting(f"TC_PROVIDERS names '{name}', which has no settings. See docs/delivery.md.")
    return found
