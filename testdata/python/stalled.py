"""A coroutine that sleeps as threads do, in a loop where nothing else is ready.

With the argument uvloop in a loop of uvloop's, and with a callback that is ready.

A correct reader says that

    main      keeps its loop from running, for an hour or while that callback is ready
    sleeper   sleeps, and when that is due
"""

import asyncio
import sys
import time

import ready

HOUR = 3600


def block():
    time.sleep(HOUR)


async def sleeper():
    await asyncio.sleep(2 * HOUR)


async def main():
    asyncio.current_task().set_name("main")
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(sleeper())
    task.set_name("sleeper")
    await asyncio.sleep(0)
    ready.when(ready.thread(1, "block", "block"), blocked=[loop])
    if "uvloop" in sys.argv:
        loop.call_soon(print)
    block()


if "uvloop" in sys.argv:
    import uvloop

    uvloop.install()
asyncio.run(main())
