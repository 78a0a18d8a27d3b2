"""Pools of connections that are used up, and Django's bridges between tasks and threads.

Needs Python 3.11, httpx, SQLAlchemy, aiosqlite and asgiref.

A correct reader says that

    http-waiter   wants a connection of a pool of httpcore's, whose only one http-holder
                  has, which reads from it
    db-waiter     wants a connection of a pool of SQLAlchemy's, of which 1 of 1 is taken
    db-thread     the same, of a pool for threads
    bridge        waits for a thread, in which async_to_sync waits for the task
                  that stands in inner() and waits for an event
"""

import asyncio
import socket
import threading

import httpx
import ready  # and httpx and others: tests of all programs leave this one out
from asgiref.sync import async_to_sync, sync_to_async
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, QueuePool

HOUR = 3600
pool = {"pool_size": 1, "max_overflow": 0, "pool_timeout": HOUR}


async def ask(client, port):
    await client.get("http://127.0.0.1:%d/" % port)


async def query(engine):
    async with AsyncSession(engine) as session:
        await session.execute(text("select 1"))


async def inner():
    await asyncio.Event().wait()


async def bridge():
    await sync_to_async(async_to_sync(inner), thread_sensitive=False)()


async def main():
    asyncio.current_task().set_name("main")
    silent = socket.create_server(("127.0.0.1", 0))
    client = httpx.AsyncClient(limits=httpx.Limits(max_connections=1), timeout=None)
    holder = asyncio.create_task(ask(client, silent.getsockname()[1]), name="http-holder")
    engine = create_async_engine("sqlite+aiosqlite://", poolclass=AsyncAdaptedQueuePool, **pool)
    threads = create_engine("sqlite://", poolclass=QueuePool, **pool)
    taken = threads.connect()
    threading.Thread(target=threads.connect, name="db-thread", daemon=True).start()
    async with engine.connect():
        await asyncio.sleep(0)
        waits = [
            asyncio.create_task(ask(client, silent.getsockname()[1]), name="http-waiter"),
            asyncio.create_task(query(engine), name="db-waiter"),
            asyncio.create_task(bridge(), name="bridge"),
        ]
        ready.when(
            ready.parked(2, "wait", "ask"),
            ready.parked(1, "get", "query"),
            ready.parked(1, "wait", "inner"),
            ready.thread(1, "wait", "run_until_future"),
            ready.thread(1, "wait", "_do_get"),
        )
        await asyncio.gather(holder, *waits)
    taken.close()


asyncio.run(main())
