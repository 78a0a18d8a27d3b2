"""Many tasks: manytasks.py N [DEPTH [KIND]] starts N of them.

They are DEPTH calls deep, and wait by KIND: sleep (one of its own), or event
(all the same). N is 1000, DEPTH 1 and KIND sleep if not given.

A correct reader says that there are N tasks named worker-0 and so on, each in
work() DEPTH times, and one named main, which waits for an Event.
"""

import asyncio
import sys

import ready

HOUR = 3600
event = None


async def work(depth, kind):
    if depth > 1:
        await work(depth - 1, kind)
    elif kind == "event":
        await event.wait()
    else:
        await asyncio.sleep(HOUR)


async def main(n=1000, depth=1, kind="sleep"):
    global event
    asyncio.current_task().set_name("main")
    event = asyncio.Event()
    tasks = [asyncio.create_task(work(int(depth), kind), name="worker-%d" % i) for i in range(int(n))]
    ready.when(
        ready.parked(len(tasks), "wait" if kind == "event" else "sleep", "work"),
        ready.parked(1, "wait", "main"),
    )
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
