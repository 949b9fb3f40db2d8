"""Telling staff who is away that somebody waits: where to, when, and how it went. What goes out is a `Notifier`'s."""

import asyncio
import logging
import random
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from tc_server.domain import notice as rules
from tc_server.domain.delivery import Outcome, Reason, Result
from tc_server.domain.errors import NotFound, Refused, SlowDown, TooManyTargets, UnknownLanguage
from tc_server.domain.notice import Address, Target, Wait
from tc_server.domain.people import Staff
from tc_server.locales import FALLBACK
from tc_server.services.context import Context, Notice, new_id
from tc_server.store import accounts, notices
from tc_server.store.engine import Tx
from tc_server.store.vault import LostKey

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TargetView:
    """A target, and the provider that leads there now; None if none does any more."""

    target: Target
    provider: str | None


@dataclass(frozen=True, slots=True)
class Errand:
    """A notice that has begun, and when it was asked for."""

    target_id: str
    asked_at: datetime
    notice: Notice


# --- where to -----------------------------------------------------------------------------------------------------


async def add(ctx: Context, staff: Staff, text: str, language: str) -> tuple[TargetView, bool]:
    """Have an account told at an address; tell whether it is new: one that it has gets the language alone.

    Raises InvalidTarget, InvalidEmail, InvalidPhone, NoProvider, UnknownLanguage, TooManyTargets.
    """
    if language not in ctx.languages:
        raise UnknownLanguage
    address = rules.address(text)
    provider = await ctx.notifier.accept(address)
    async with ctx.store.write() as tx:
        await accounts.lock(tx, staff.account_id)
        known = await notices.by_address(tx, staff.account_id, address)
        if known:
            target = replace(known, language=language)
            await notices.save(tx, [target])
        else:
            if len(await notices.of_account(tx, staff.account_id)) >= rules.TARGETS_MAX:
                raise TooManyTargets
            target = _new(ctx, staff.account_id, address, language)
            await notices.insert(tx, target, address)
    return TargetView(target, provider), known is None


async def listed(ctx: Context, staff: Staff) -> list[TargetView]:
    """List where an account is told, oldest first."""
    async with ctx.store.read() as tx:
        return [TargetView(t, ctx.notifier.leads(t.kind)) for t in await notices.of_account(tx, staff.account_id)]


async def remove(ctx: Context, staff: Staff, target_id: str) -> None:
    """Have an account told at an address no more. Raises NotFound."""
    async with ctx.store.write() as tx:
        await _own(tx, staff, target_id)
        await notices.delete(tx, [target_id])
    await forget(ctx, [target_id])


async def test(ctx: Context, staff: Staff, target_id: str) -> tuple[TargetView, Outcome]:
    """Send a trial to an address, wait for it, and tell what came of it. Raises NotFound, SlowDown."""
    async with ctx.store.write() as tx:
        target = await _own(tx, staff, target_id)
        if target.last_at and (left := target.last_at + rules.PAUSE - ctx.now()).total_seconds() > 0:
            seconds = int(left.total_seconds()) + 1
            raise SlowDown(seconds, f"Something was sent there just now. Try again in {seconds} s.")
        await notices.save(tx, [replace(target, last_at=ctx.now())])
        notice = await _notice(tx, target, None, ctx.now())
    outcome = await ctx.notifier.send(notice) if notice else _UNREADABLE
    async with ctx.store.write() as tx:
        target = await _own(tx, staff, target_id)
        target = rules.learn(target, outcome, None, ctx.now(), ctx.policy, 0.5)
        await notices.save(tx, [target])
    return TargetView(target, ctx.notifier.leads(target.kind)), outcome


async def drop_of_account(tx: Tx, account_id: str) -> list[str]:
    """Delete an account's targets; their ids are to be forgotten once it is durable."""
    target_ids = [target.target_id for target in await notices.of_account(tx, account_id)]
    await notices.delete(tx, target_ids)
    return target_ids


async def forget(ctx: Context, target_ids: Collection[str]) -> None:
    """Remove what was written for targets that are gone, and have housekeeping wipe their traces."""
    for target_id in target_ids:
        await asyncio.to_thread(ctx.forget_delivered, target_id)
    ctx.store.traces_left |= bool(target_ids)


async def settle_team(ctx: Context, addresses: Collection[str]) -> None:
    """Make the team's targets those that the settings name."""
    wanted = [Address("apprise", text) for text in dict.fromkeys(addresses)]
    async with ctx.store.write() as tx:
        known = {address: await notices.by_address(tx, None, address) for address in wanted}
        kept = {target.target_id for target in known.values() if target}
        await notices.delete(tx, {t.target_id for t in await notices.of_account(tx, None)} - kept)
        for address, target in known.items():
            if target is None:
                await notices.insert(tx, _new(ctx, None, address, FALLBACK), address)


# --- when ---------------------------------------------------------------------------------------------------------


async def tick(ctx: Context) -> None:
    """Note who of staff is connected, and ask for the notices that are due. One account's failure stops no other."""
    now = ctx.now()
    if here := ctx.staff_here():
        async with ctx.store.write() as tx:
            await notices.note_seen(tx, here, now)
    async with ctx.store.read() as tx:
        due = [desk for desk in await notices.desks(tx) if rules.is_to_be_told(desk, ctx.attention, now)]
    for desk in due:
        try:
            await _tell(ctx, desk.account_id)
        except Refused:
            _log.exception("account %s could not be told that somebody waits; it is tried again", desk.account_id)


async def _tell(ctx: Context, account_id: str) -> None:
    now = ctx.now()
    async with ctx.store.write() as tx:
        # Two servers that find the same due ask for one notice.
        await accounts.lock(tx, account_id)
        for desk in await notices.desks(tx, account_id):
            if rules.is_to_be_told(desk, ctx.attention, now):
                targets = await notices.lock_told_of(tx, account_id)
                await notices.save(tx, [rules.ask(target, now) for target in targets])
                await notices.set_notified(tx, [calling.session_id for calling in desk.callings], now)


# --- how it goes --------------------------------------------------------------------------------------------------


async def claim(ctx: Context, room: int) -> list[Errand]:
    """Begin what is due, as much as there is room for; where nobody waits any more it is let go without a word."""
    now = ctx.now()
    errands, changed = [], []
    async with ctx.store.write() as tx:
        for target in await notices.claim(tx, now, room):
            waits = rules.wait(await notices.desks(tx, target.account_id), now)
            if waits is None or target.asked_at is None:
                changed.append(rules.drop(target))
                continue
            if notice := await _notice(tx, target, waits, target.asked_at):
                changed.append(rules.begin(target, now, ctx.policy))
                errands.append(Errand(target.target_id, target.asked_at, notice))
            else:
                changed.append(rules.learn(target, _UNREADABLE, target.asked_at, now, ctx.policy, 0.5))
        await notices.save(tx, changed)
    return errands


async def note(ctx: Context, errand: Errand, outcome: Outcome) -> None:
    """Note what came of a notice; it is tried again where that makes sense."""
    async with ctx.store.write() as tx:
        target = await notices.get(tx, errand.target_id, lock=True)
        if target:
            learnt = rules.learn(target, outcome, errand.asked_at, ctx.now(), ctx.policy, random.random())
            await notices.save(tx, [learnt])
    if target is None:
        await forget(ctx, [errand.target_id])
    elif outcome.result is not Result.ACCEPTED:
        _log.warning("notice to %s has failed (%s, %s)", errand.target_id, outcome.result, outcome.reason)


_UNREADABLE = Outcome(Result.PERMANENT, Reason.NO_SUCH_ADDRESS, "the address can't be opened with this server's key")


async def _notice(tx: Tx, target: Target, waits: Wait | None, asked_at: datetime) -> Notice | None:
    """Form what is to be sent; None if the address can't be read."""
    try:
        address = await notices.address_of(tx, target)
    except LostKey:
        return None
    key = f"{target.target_id}.{int(asked_at.timestamp() * 1000)}"
    return Notice(target.target_id, key, address, target.language, waits)


def _new(ctx: Context, account_id: str | None, address: Address, language: str) -> Target:
    return Target(new_id(), account_id, address.kind, address.shown, language, ctx.now())


async def _own(tx: Tx, staff: Staff, target_id: str) -> Target:
    target = await notices.get(tx, target_id, lock=True)
    if target is None or target.account_id != staff.account_id:
        raise NotFound
    return target
