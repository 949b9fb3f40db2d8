"""Lost links: anybody may ask for one, and everybody gets the same answer."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from tc_server.services.lost import Lost
from tc_server.transport.problems import documented
from tc_server.wire import bodies

LostLinks = NamedDependency[SkipValidation[Lost]]

_ANSWER = bodies.LostAnswer(
    detail="If there is an open invitation for this contact, a message with the link is on its way. "
    "It can take a few minutes."
)


@post("/lost", status_code=202, responses=documented())
async def ask(lost: LostLinks, data: JSONBody[bodies.LostRequest]) -> bodies.LostAnswer:
    """Ask for a lost link: it goes to the contact if an open invite has it, and no answer tells whether one does."""
    lost.ask(data.contact)
    return _ANSWER


routes = [ask]
