"""What Trio's guide shows, in programs of our own: children that sleep, a server
and its clients, producers and consumers, a guest of asyncio's.

Needs Trio, of 0.22 or later.

A correct reader says that

    one, two      are in the nursery that parent() opened and waits for
    server        accepts connections; its handlers and its clients wait for
                  bytes of each other
    producer      waits for room in a channel, consumer for an item of another
    crashing      waits for a child that cleans up behind a shield, since another
                  has brought the nursery down
    guest-child   is of a run of Trio that asyncio drives, in a thread of its own
"""

import asyncio
import threading

import ready  # and Trio: tests of all programs leave this one out
import trio
import triotree

HOUR = 3600


async def child():
    await trio.sleep(HOUR)


async def parent():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child, name="one")
        nursery.start_soon(child, name="two")


async def echo(stream):
    async for data in stream:
        await stream.send_all(data)


async def client(port):
    stream = await trio.open_tcp_stream("127.0.0.1", port)
    async with stream:
        await stream.send_all(b"ping")
        await stream.receive_some(4)
        await stream.receive_some(4)


async def produce(channel):
    async with channel:
        while True:
            await channel.send("item")


async def consume(channel):
    async with channel:
        async for _ in channel:
            pass


async def fails():
    raise ValueError("no luck")


async def cleans_up():
    try:
        await trio.sleep(HOUR)
    finally:
        with trio.CancelScope(shield=True):
            await trio.sleep(HOUR)


async def crashing():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(cleans_up, name="cleaner")
        await trio.sleep(0.01)
        nursery.start_soon(fails)


async def guest():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child, name="guest-child")


async def host():
    loop = asyncio.get_running_loop()
    trio.lowlevel.start_guest_run(
        guest, run_sync_soon_threadsafe=loop.call_soon_threadsafe, done_callback=lambda outcome: None
    )
    ready.watch()
    await asyncio.sleep(HOUR)


async def main():
    trio.lowlevel.current_task().name = "main"
    async with trio.open_nursery() as nursery:
        nursery.start_soon(parent, name="parent")
        listeners = await nursery.start(trio.serve_tcp, echo, 0)
        port = listeners[0].socket.getsockname()[1]
        for i in range(2):
            nursery.start_soon(client, port, name="client-%d" % i)
        for name, function, end in ("producer", produce, 0), ("consumer", consume, 1):
            channel = trio.open_memory_channel(0)
            kept.append(channel)
            nursery.start_soon(function, channel[end], name=name)
        nursery.start_soon(crashing, name="crashing")
        await trio.testing.wait_all_tasks_blocked(0.1)
        threading.Thread(target=asyncio.run, args=(host(),), daemon=True).start()
        triotree.serve()
        ready.when(
            triotree.parked(),
            ready.parked(1, "sleep", "host"),
            ready.holds(lambda: any("Trio" in t.name for t in threading.enumerate())),
        )


kept = []
if __name__ == "__main__":
    import trio.testing

    trio.run(main)
