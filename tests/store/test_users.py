"""Users and their keys."""

import asyncio

import pytest

from everloom.store import RowMissing, Store, Transaction, UserExists, UserId

from .samples import NOON, minutes


async def test_a_user_is_found_by_name(tx: Transaction) -> None:
    """What was made is what is found."""
    made = await tx.users.create("ann", email="ann@example.com", is_admin=True)

    assert await tx.users.find("ann") == made
    assert await tx.users.find("bob") is None


async def test_two_users_have_two_names(tx: Transaction) -> None:
    """The second of a name is refused, and the transaction goes on."""
    await tx.users.create("ann")

    with pytest.raises(UserExists, match="'ann'"):
        await tx.users.create("ann")
    assert [each.name for each in await tx.users.list()] == ["ann"]


async def test_a_user_is_made_once_however_many_need_it(store: Store) -> None:
    """Transactions that ensure the same user at once get the same one."""

    async def ensure() -> UserId:
        async with store.begin() as tx:
            return (await tx.users.ensure("ann")).id

    ids = await asyncio.gather(*(ensure() for _ in range(8)))

    assert len(set(ids)) == 1


async def test_a_key_is_found_by_its_hash(tx: Transaction) -> None:
    """With its scopes and times."""
    ann = await tx.users.create("ann")

    made = await tx.users.create_key(ann.id, "laptop", "abc", ("read", "run"), minutes(5))

    assert await tx.users.find_key("abc") == made
    assert made.expires_at == minutes(5)
    assert await tx.users.list_keys(ann.id) == [made]


async def test_a_key_belongs_to_somebody(tx: Transaction) -> None:
    """A key of nobody is refused."""
    with pytest.raises(RowMissing):
        await tx.users.create_key(UserId("nobody"), "laptop", "abc", ())


async def test_a_key_is_revoked_once(tx: Transaction) -> None:
    """Revoking it again leaves the time of the first revocation."""
    ann = await tx.users.create("ann")
    made = await tx.users.create_key(ann.id, "laptop", "abc", ())

    await tx.users.revoke_key(made.id)
    first = await tx.users.find_key("abc")
    await tx.users.revoke_key(made.id)

    assert first is not None
    assert first.revoked_at is not None
    assert await tx.users.find_key("abc") == first


async def test_an_unknown_key_cannot_be_revoked(tx: Transaction) -> None:
    """It would look as if a key were shut that is open."""
    with pytest.raises(RowMissing, match="API key"):
        await tx.users.revoke_key("nothing")


async def test_the_use_of_a_key_is_noted(tx: Transaction) -> None:
    """The last time counts."""
    ann = await tx.users.create("ann")
    made = await tx.users.create_key(ann.id, "laptop", "abc", ())

    await tx.users.touch_key(made.id, NOON)
    await tx.users.touch_key(made.id, minutes(1))

    found = await tx.users.find_key("abc")
    assert found is not None
    assert found.last_used_at == minutes(1)
