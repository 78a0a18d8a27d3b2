"""Streams and servers that are closed, and whose end is waited for.

A correct reader says that

    writer       waits for a TCP connection to close, which has yet to write
                 what the other end does not read
    server       (3.12 on) waits for a server to close that has one connection left
    main         waits for a gather of these
"""

import asyncio
import sys

import ready

held = []


async def served(reader, writer):
    asyncio.current_task().set_name("served")
    held.append(writer)
    writer.transport.pause_reading()
    await asyncio.get_running_loop().create_future()


async def end_writer(writer):
    writer.write(b"x" * (1 << 24))
    writer.close()
    await writer.wait_closed()


async def end_server(server):
    server.close()
    await server.wait_closed()


async def main():
    asyncio.current_task().set_name("main")
    server = await asyncio.start_server(served, "127.0.0.1", 0)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    while not held:
        await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    waits = [loop.create_task(end_writer(writer), name="writer")]
    wants = [ready.parked(1, "wait_closed", "end_writer")]
    if sys.version_info >= (3, 12, 1):
        waits.append(loop.create_task(end_server(server), name="server"))
        wants.append(ready.parked(1, "wait_closed", "end_server"))
    ready.when(*wants, ready.parked(1, "main", "main"))
    await asyncio.gather(*waits)


asyncio.run(main())
