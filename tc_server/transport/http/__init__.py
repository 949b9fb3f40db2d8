"""The HTTP routes, one module a noun."""

from tc_server.transport.http import (
    accounts,
    calls,
    chat,
    device_tests,
    files,
    health,
    invites,
    joining,
    languages,
    notices,
    pages,
    queue,
    sessions,
)

api = [
    *accounts.routes,
    *invites.routes,
    *queue.routes,
    *sessions.routes,
    *chat.routes,
    *files.routes,
    *calls.routes,
    *device_tests.routes,
    *joining.routes,
    *languages.routes,
    *notices.routes,
]
outside = [*pages.routes, *health.routes]
