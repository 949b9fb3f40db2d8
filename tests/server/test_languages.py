"""The languages that people are spoken to in, and the phrases that staff has ready in them."""

from tc_server.locales import PHRASES, languages
from tests.server.world import World, done


async def test_phrases_come_in_every_language_under_the_same_ids(world: World) -> None:
    staff = await world.standing("owner")
    listed = done(await staff.get("/languages"), 200)["items"]
    assert [language["code"] for language in listed] == [language.code for language in languages()]
    for language in listed:
        answer = done(await staff.get(f"/languages/{language['code']}/phrases"), 200)
        assert [phrase["phrase_id"] for phrase in answer["items"]] == list(PHRASES)
        assert answer["next"] is None


async def test_a_phrase_is_said_as_its_reader_would_read_it(world: World) -> None:
    staff = await world.standing("owner")
    answer = done(await staff.get("/languages/es/phrases"), 200)
    assert {"phrase_id": "where", "text": "¿Dónde le duele?"} in answer["items"]


async def test_there_are_no_phrases_in_a_language_without_a_catalogue(world: World) -> None:
    answer = await (await world.standing("owner")).get("/languages/tlh/phrases")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_language")
