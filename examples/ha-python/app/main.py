"""Counts visits: in Postgres, read back from its replica, cached in Redis for half a minute.

It keeps answering while the cache or the replica is down; without its database it says that it is not healthy.
"""

import asyncio
import os
from collections.abc import Coroutine
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from psycopg import Error
from psycopg_pool import AsyncConnectionPool
from redis.asyncio import Redis
from redis.exceptions import RedisError

KEY = "visits"
SECONDS = 30
# How long the replica is left alone after it failed: not every visit must wait to learn that.
PAUSE = 5

# What a database that does not answer, or not in time, is told by; and a cache.
NO_DATABASE = (Error, TimeoutError)
NO_CACHE = (RedisError, OSError)


def pool(url: str, size: str) -> AsyncConnectionPool:
    # Behind a pooler the next transaction may be in another session, which knows nothing of prepared statements.
    # A peer that has vanished is told by what it does not acknowledge.
    settings = {"prepare_threshold": None, "connect_timeout": 5, "tcp_user_timeout": 5000}
    return AsyncConnectionPool(
        url,
        min_size=1,
        max_size=int(size),
        # Connections that a restart or a failover has broken are found before they are used.
        check=AsyncConnectionPool.check_connection,
        # Pauses between attempts double until then; the next visit begins anew.
        reconnect_timeout=5,
        kwargs=settings,
        open=False,
    )


write = pool(os.environ["DATABASE_URL_WRITE"], os.environ.get("DATABASE_POOL_WRITE", "4"))
read = pool(os.environ["DATABASE_URL_READ"], os.environ.get("DATABASE_POOL_READ", "4"))
cache = Redis.from_url(os.environ["REDIS_URL"], socket_timeout=1, socket_connect_timeout=1)
replica_failed = -PAUSE
# The event loop itself does not keep tasks.
given_up = set()


@asynccontextmanager
async def lifespan(_: FastAPI):
    await write.open()
    await read.open()
    yield
    await read.close()
    await write.close()
    await cache.aclose()


app = FastAPI(lifespan=lifespan)


@app.exception_handler(Error)
@app.exception_handler(TimeoutError)
async def unavailable(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"database": type(error).__name__}, status_code=503)


async def within(seconds: float, work: Coroutine) -> Any:
    """Gives up in time. The cancelled work is not waited for: it first asks the server to cancel, which may hang as well."""
    task = asyncio.create_task(work)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        given_up.add(task)
        task.add_done_callback(given_up.discard)
        task.cancel()
        raise TimeoutError
    return task.result()


async def query(source: AsyncConnectionPool, text: str) -> tuple | None:
    async with source.connection() as connection:
        cursor = await connection.execute(text)
        return await cursor.fetchone() if cursor.description else None


async def cached() -> int | None:
    try:
        value = await cache.get(KEY)
    except NO_CACHE:
        return None
    return None if value is None else int(value)


async def remember(visits: int) -> None:
    try:
        await cache.set(KEY, visits, ex=SECONDS)
    except NO_CACHE:
        pass


async def count() -> tuple[int, str]:
    global replica_failed
    text = "SELECT count(*) FROM visits"
    if monotonic() - replica_failed >= PAUSE:
        try:
            return (await within(2, query(read, text)))[0], "replica"
        except NO_DATABASE:
            replica_failed = monotonic()
    return (await within(3, query(write, text)))[0], "primary"


@app.get("/healthz")
async def healthz(response: Response) -> dict:
    try:
        await within(2, query(write, "SELECT FROM visits LIMIT 1"))
    except NO_DATABASE as error:
        response.status_code = 503
        return {"status": "down", "database": type(error).__name__}
    try:
        await cache.ping()
    except NO_CACHE as error:
        return {"status": "degraded", "cache": type(error).__name__}
    return {"status": "ok"}


@app.get("/")
async def visit() -> dict:
    await within(3, query(write, "INSERT INTO visits DEFAULT VALUES"))
    visits, source = await cached(), "cache"
    if visits is None:
        visits, source = await count()
        await remember(visits)
    return {"visits": visits, "from": source}
