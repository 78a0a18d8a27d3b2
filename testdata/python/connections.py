"""Clients and handlers of aiohttp, each at another thing to wait for.

Needs Python 3.11 and aiohttp.

A correct reader says that

    body        a handler waits for data of a request's body
    websocket   a handler waits for data of a websocket
    post, get   wait for data: the answer to a request
    socket      waits for data of a websocket
    half        waits for data: the rest of an answer
    second      wants a connection of a TCPConnector, of which 1 of 1 is taken
    main        waits for a gather of these and of first, which has that one
"""

import asyncio

import ready  # and aiohttp: tests of all programs leave this one out
from aiohttp import ClientSession, TCPConnector, web

HOUR = 3600


async def body(request):
    asyncio.current_task().set_name("body")
    await request.read()


async def never(request):
    await asyncio.sleep(HOUR)


async def websocket(request):
    asyncio.current_task().set_name("websocket")
    response = web.WebSocketResponse()
    await response.prepare(request)
    await response.receive()


async def half(request):
    response = web.StreamResponse()
    response.content_length = 100
    await response.prepare(request)
    await response.write(b"half")
    await asyncio.sleep(HOUR)


async def slowly():
    yield b"x"
    await asyncio.sleep(HOUR)


async def get(session, url):
    async with session.get(url) as response:
        await response.read()


async def post(session, url):
    async with session.post(url, data=slowly()) as response:
        await response.read()


async def socket(session, url):
    async with session.ws_connect(url) as connection:
        await connection.receive()


async def main():
    asyncio.current_task().set_name("main")
    app = web.Application()
    app.router.add_post("/body", body)
    for handler in never, websocket, half:
        app.router.add_get("/" + handler.__name__, handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = "http://127.0.0.1:%d" % site._server.sockets[0].getsockname()[1]
    async with ClientSession() as session, ClientSession(connector=TCPConnector(limit=1)) as narrow:
        waits = {
            "post": post(session, url + "/body"),
            "get": get(session, url + "/never"),
            "socket": socket(session, url + "/websocket"),
            "half": get(session, url + "/half"),
            "first": get(narrow, url + "/never"),
            "second": get(narrow, url + "/never"),
        }
        ready.when(
            ready.parked(1, "_wait", "body"),
            ready.parked(1, "receive", "websocket"),
            ready.parked(2, "sleep", "never"),
            ready.parked(1, "sleep", "half"),
            ready.parked(2, "read", "get"),
            ready.parked(1, "read", "post"),
            ready.parked(1, "receive", "socket"),
            ready.parked(1, "_wait", "get"),
            ready.parked(1, "_wait_for_available_connection", "get"),
        )
        await asyncio.gather(*(asyncio.create_task(wait, name=name) for name, wait in waits.items()))


asyncio.run(main())
