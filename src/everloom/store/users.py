"""Users and their API keys."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from .errors import RowMissing, UserExists
from .rows import ApiKey, User, UserId
from .statements import Statements
from .tables import api_keys, users
from .values import columns_of, new_id, now


class Users:
    """Everybody who owns projects or changes something."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def create(self, name: str, *, email: str | None = None, is_admin: bool = False) -> User:
        """Make a user.

        Raises:
            UserExists: There is one of that name.
        """
        made = User(
            id=UserId(new_id()), name=name, email=email, is_admin=is_admin, created_at=now()
        )
        if not await self._add(made):
            raise UserExists(name)
        return made

    async def ensure(self, name: str) -> User:
        """The user of a name, who is made when there is none."""
        found = await self.find(name)
        if found is None:
            await self._add(User(id=UserId(new_id()), name=name, created_at=now()))
            found = await self.find(name)
        if found is None:
            raise RowMissing("user", name)
        return found

    async def find(self, name: str) -> User | None:
        """The user of a name."""
        row = await self._statements.first(select(users).where(users.c.name == name))
        return None if row is None else User(**row)

    async def create_key(  # noqa: PLR0917 - the columns of a key
        self,
        user_id: UserId,
        name: str,
        hash: str,  # noqa: A002 - what it is
        scopes: Sequence[str],
        expires_at: datetime | None = None,
    ) -> ApiKey:
        """Keep the hash of a key.

        Raises:
            RowMissing: There is no such user.
        """
        made = ApiKey(
            id=new_id(),
            user_id=user_id,
            name=name,
            hash=hash,
            scopes=tuple(scopes),
            created_at=now(),
            expires_at=expires_at,
        )
        await self._statements.write(insert(api_keys).values(columns_of(made)))
        return made

    async def find_key(self, hash: str) -> ApiKey | None:  # noqa: A002 - what it is
        """The key of a hash, revoked or expired ones as well."""
        row = await self._statements.first(select(api_keys).where(api_keys.c.hash == hash))
        return None if row is None else _key(row)

    async def list_keys(self, user_id: UserId) -> list[ApiKey]:
        """The keys of a user, oldest first."""
        question = select(api_keys).where(api_keys.c.user_id == user_id)
        rows = await self._statements.all(question.order_by("created_at", "id"))
        return [_key(row) for row in rows]

    async def revoke_key(self, id: str) -> None:
        """Let a key open nothing any more; the time of the first revocation stays.

        Raises:
            RowMissing: There is no such key.
        """
        found = await self._statements.lock(
            select(api_keys.c.id).where(api_keys.c.id == id), api_keys
        )
        if not found:
            raise RowMissing("API key", id)
        revoked = update(api_keys).where(api_keys.c.id == id, api_keys.c.revoked_at.is_(None))
        await self._statements.write(revoked.values(revoked_at=now()))

    async def touch_key(self, id: str, at: datetime) -> None:
        """Note that a key was used."""
        used = update(api_keys).where(api_keys.c.id == id)
        await self._statements.write(used.values(last_used_at=at))

    async def list(self) -> list[User]:
        """All users, by name."""
        return [User(**row) for row in await self._statements.all(select(users).order_by("name"))]

    async def _add(self, user: User) -> bool:
        added = self._statements.insert(users).values(columns_of(user)).on_conflict_do_nothing()
        return await self._statements.write(added) > 0


def _key(row: Mapping[Any, Any]) -> ApiKey:
    values: dict[str, Any] = {
        **row,
        "scopes": tuple(row["scopes"]),
    }
    return ApiKey(**values)
