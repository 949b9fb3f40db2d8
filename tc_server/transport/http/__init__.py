"""The HTTP routes, one module a noun."""

from tc_server.transport.http import (
    accounts,
    batches,
    calls,
    chat,
    device_tests,
    files,
    health,
    hooks,
    invites,
    joining,
    languages,
    lost,
    notices,
    pages,
    queue,
    sessions,
)

api = [
    *accounts.routes,
    *invites.routes,
    *batches.routes,
    *queue.routes,
    *sessions.routes,
    *chat.routes,
    *files.routes,
    *calls.routes,
    *device_tests.routes,
    *joining.routes,
    *lost.routes,
    *languages.routes,
    *health.routes,
    *notices.routes,
]
outside = [*pages.routes, *health.outside, *hooks.routes]
