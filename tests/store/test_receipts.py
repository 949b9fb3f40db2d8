"""Receipts of erased sessions."""

from tc_server.domain.retention import Receipt
from tc_server.store import receipts
from tc_server.store.engine import Store
from tests.domain.made import at


async def test_receipts_are_kept_and_listed_to_their_owner_newest_first(store: Store) -> None:
    made = [Receipt(f"s{n}", "owner", at(n), {"messages": n}, f"signature {n}") for n in range(3)]
    async with store.write() as tx:
        for receipt in made:
            await receipts.insert(tx, receipt)
        assert await receipts.get(tx, "s1") == made[1]
        assert await receipts.get(tx, "none") is None
        assert await receipts.owned(tx, "owner") == made[::-1]
        assert await receipts.owned(tx, "owner", before="s2", limit=1) == [made[1]]
        assert await receipts.owned(tx, "other") == []


async def test_their_counts_are_summed(store: Store) -> None:
    async with store.write() as tx:
        assert await receipts.totals(tx) == {}
        for n in (1, 2):
            await receipts.insert(tx, Receipt(f"s{n}", "owner", at(n), {"messages": n, "files": 0}, "signature"))
        assert await receipts.totals(tx) == {"sessions": 2, "messages": 3, "files": 0}
