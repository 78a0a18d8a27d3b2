"""A task that is 10,000 awaits deep, and one whose depth is the argument DEPTH
of many, for as many as the argument TASKS: python frames_deep.py TASKS DEPTH.

A correct reader follows the deep chain as far as it may, and says that it was
cut; the others it follows to the sleep they end in.
"""

import asyncio
import json
import sys
import threading

import ready

HOUR = 3600
TASKS, DEPTH = map(int, sys.argv[1:] or (10, 4))
DEEP = 10000


async def deep(n):
    if n:
        await deep(n - 1)
    else:
        await asyncio.sleep(HOUR)


async def warm_up():
    """Has the interpreter learn that deep() awaits coroutines, which from 3.12
    on it then does without calls of its own."""
    for _ in range(20):
        task = asyncio.create_task(deep(50))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])


async def main():
    await warm_up()
    tasks = [asyncio.create_task(deep(DEPTH), name="many") for _ in range(TASKS)]
    deepest = asyncio.create_task(deep(DEEP), name="deep")
    ready.on("tasks", lambda: json.dumps({"many": [id(t.get_coro()) for t in tasks], "deep": id(deepest.get_coro())}))
    ready.when(ready.holds(lambda: deepest._fut_waiter is not None))
    await asyncio.get_running_loop().create_future()


sys.setrecursionlimit(4 * DEEP)
threading.stack_size(1 << 29)
loop = threading.Thread(target=lambda: asyncio.run(main()), daemon=True)
loop.start()
loop.join()
