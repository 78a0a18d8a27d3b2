"""An aiohttp server on uvloop, with twelve requests that nobody answers.

Needs Python 3.11, aiohttp and uvloop.

A correct reader says that

    charge   four requests want one lock: one has it and sleeps, three wait
    reserve  four requests wait for a TaskGroup of their own, whose member pick
             waits to put into a full queue: the logical backtrace of pick goes
             on in reserve, order, and aiohttp's handler
    gather   four requests wait for a gather of three sleeps
    load     waits for the twelve requests that it made
"""

import asyncio

import ready  # and aiohttp: tests of all programs leave this one out
import uvloop
from aiohttp import ClientSession, web

HOUR = 3600
lock = asyncio.Lock()
full = asyncio.Queue(1)


async def pick():
    await full.put(None)


async def charge():
    async with lock:
        await asyncio.sleep(HOUR)


async def reserve():
    async with asyncio.TaskGroup() as group:
        group.create_task(pick())


async def gather():
    await asyncio.gather(*(asyncio.sleep(HOUR) for _ in range(3)))


async def order(request):
    await {"charge": charge, "reserve": reserve, "gather": gather}[request.match_info["kind"]]()
    return web.Response()


async def get(session, url):
    async with session.get(url) as response:
        await response.read()


async def load(port):
    async with ClientSession() as session:
        await asyncio.gather(
            *(get(session, "http://127.0.0.1:%d/%s" % (port, kind)) for kind in ("charge", "reserve", "gather") for _ in range(4))
        )


async def main():
    await full.put(None)
    app = web.Application()
    app.router.add_get("/{kind}", order)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    requests = asyncio.create_task(load(site._server.sockets[0].getsockname()[1]), name="load")
    ready.when(
        ready.parked(1, "sleep", "charge"),
        ready.parked(3, "acquire", "charge"),
        ready.parked(4, "put", "pick"),
        ready.parked(4, "gather", "gather"),
        ready.parked(1, "load", "load"),
    )
    await requests


uvloop.install()
asyncio.run(main())
