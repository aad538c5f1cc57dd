"""Counts visits: in Postgres, read back from its replica, cached in Redis for half a minute.

It keeps answering while the cache is down, and says that it is degraded; without its database it is not healthy.
"""

import os
from contextlib import asynccontextmanager

from fastapi import FastAPI, Response
from psycopg import Error
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from redis.asyncio import Redis
from redis.exceptions import RedisError

KEY = "visits"
SECONDS = 30


def pool(url: str) -> AsyncConnectionPool:
    # Behind a pooler the next transaction may be in another session, which knows nothing of prepared statements.
    settings = {"prepare_threshold": None, "connect_timeout": 5}
    return AsyncConnectionPool(url, min_size=1, max_size=4, timeout=5, kwargs=settings, open=False)


write = pool(os.environ["DATABASE_URL_WRITE"])
read = pool(os.environ["DATABASE_URL_READ"])
cache = Redis.from_url(os.environ["REDIS_URL"], socket_timeout=1, socket_connect_timeout=1)


@asynccontextmanager
async def lifespan(_: FastAPI):
    await write.open()
    await read.open()
    yield
    await read.close()
    await write.close()
    await cache.aclose()


app = FastAPI(lifespan=lifespan)


async def cached() -> int | None:
    try:
        value = await cache.get(KEY)
    except (RedisError, OSError):
        return None
    return None if value is None else int(value)


async def remember(visits: int) -> None:
    try:
        await cache.set(KEY, visits, ex=SECONDS)
    except (RedisError, OSError):
        pass


async def count(source: AsyncConnectionPool) -> int:
    async with source.connection() as connection:
        row = await (await connection.execute("SELECT count(*) FROM visits")).fetchone()
    return row[0]


@app.get("/healthz")
async def healthz(response: Response) -> dict:
    try:
        async with write.connection(timeout=2) as connection:
            await connection.execute("SELECT 1")
    except (Error, PoolTimeout) as error:
        response.status_code = 503
        return {"status": "down", "database": type(error).__name__}
    try:
        await cache.ping()
    except (RedisError, OSError) as error:
        return {"status": "degraded", "cache": type(error).__name__}
    return {"status": "ok"}


@app.get("/")
async def visit() -> dict:
    async with write.connection() as connection:
        await connection.execute("INSERT INTO visits DEFAULT VALUES")
    visits = await cached()
    if visits is not None:
        return {"visits": visits, "from": "cache"}
    try:
        visits, source = await count(read), "replica"
    except (Error, PoolTimeout):
        visits, source = await count(write), "primary"
    await remember(visits)
    return {"visits": visits, "from": source}
