"""Files in chat: taken in, sealed, and given out."""

import asyncio

from tc_server.domain.chat import Entry, FileInfo, require_writable
from tc_server.domain.errors import ClientIdTaken, Erased, FileSize, NotFound, SessionEnded
from tc_server.domain.people import Viewer
from tc_server.services.chat import log, voice
from tc_server.services.context import Context, new_id
from tc_server.services.media import clean_file_name, inspect
from tc_server.services.views import find
from tc_server.store import files, messages
from tc_server.store.journal import Draft, Said

_LABEL = "file"


async def put(
    ctx: Context, viewer: Viewer, session_id: str, client_id: str, data: bytes, declared: str, name: str
) -> Said:
    """Take a file into a session's chat: its row first, then the bytes, then the entry that shows it.

    Raises FileSize, FileType, FileBroken, NotFound, Erased, SessionEnded, IllegalMove, ClientIdTaken.
    """
    if len(data) > ctx.max_file:
        raise too_big(ctx.max_file)
    sender = (await voice(ctx, viewer, session_id)).sender
    if earlier := await _earlier(ctx, viewer, (session_id, client_id, sender.id)):
        return earlier
    found = await asyncio.to_thread(inspect, data, declared)
    file = FileInfo(new_id(), clean_file_name(name, found.type), found.type, len(found.data), found.seconds)
    async with ctx.store.write() as tx:
        require_writable(await find(tx, viewer, session_id))
        await files.add_pending(tx, file.file_id, session_id, sender.id, client_id, file.size, ctx.now())
        key = await tx.key(session_id)
    sealed = await asyncio.to_thread(key.seal_bytes, _LABEL + file.file_id, found.data)
    await ctx.blobs.put(file.file_id, sealed)
    try:
        return await ctx.journal.submit(Draft(session_id, sender, client_id, ctx.now(), file=file))
    except (Erased, SessionEnded):
        # It ended while the bytes were on their way; once it is erased nothing would find them.
        await ctx.blobs.delete([file.file_id])
        raise


async def get(ctx: Context, viewer: Viewer, session_id: str, file_id: str) -> tuple[FileInfo, bytes]:
    """Give out a file that the viewer may see. Raises NotFound, Erased."""
    async with ctx.store.read() as tx:
        await find(tx, viewer, session_id)
        seq = await files.entry_of(tx, session_id, file_id)
        key = await tx.key(session_id)
    entries: list[Entry] = (await log(ctx, viewer, session_id, seq - 1, 1))[0] if seq else []
    if not entries or entries[0].seq != seq or entries[0].file is None:
        raise NotFound
    sealed = await ctx.blobs.get(file_id)
    if sealed is None:
        raise NotFound
    return entries[0].file, await asyncio.to_thread(key.open_bytes, _LABEL + file_id, sealed)


def too_big(limit: int) -> FileSize:
    """Say how big a file may be."""
    return FileSize(
        f"The file is too big. {limit / 1_000_000:g} MB are possible: make it smaller, or send it in parts."
    )


async def _earlier(ctx: Context, viewer: Viewer, key: tuple[str, str, str]) -> Said | None:
    async with ctx.store.read() as tx:
        owner_id = (await find(tx, viewer, key[0])).owner_id
        entry = (await messages.by_client_ids(tx, [key])).get(key)
    if entry and entry.file is None:
        raise ClientIdTaken
    return Said(entry, owner_id, repeated=True) if entry else None
