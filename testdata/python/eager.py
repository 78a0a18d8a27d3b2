"""Tasks that begin as they are created: asyncio.eager_task_factory.

Needs Python 3.12.

A correct reader says that

    suspended    began at once, ran into sleep() in nap(), and sleeps
    finished     was done before create_task() returned: its result is an int,
                 and it has no coroutine any more
    failed       the same; it raised ValueError("eager"), never retrieved
    awaiter      awaits suspended
    lazy         was made by asyncio.Task without eager_start, and sleeps
    main         was not eager, and waits for a future that nothing will set
  and in the loop of the thread "mid", which is blocked,
    outer        is interrupted in outer(), by inner, which it has just created
    inner        is running its first step, in stuck(), which waits for a
                 threading.Lock. Before 3.14 it has no name yet but Task-7
"""

import asyncio
import threading

import ready

HOUR = 3600
gate = threading.Lock()
gate.acquire()
blocked = []
standing = threading.Event()


async def nap():
    await asyncio.sleep(HOUR)


async def returns():
    return 42


async def raises():
    raise ValueError("eager")


async def awaits(task):
    await task


def stuck():
    standing.set()
    with gate:
        pass


async def inner():
    stuck()


async def outer():
    loop = asyncio.get_running_loop()
    asyncio.current_task().set_name("outer")
    loop.set_task_factory(asyncio.eager_task_factory)
    blocked.append(loop)
    await loop.create_task(inner(), name="inner")


async def main():
    loop = asyncio.get_running_loop()
    asyncio.current_task().set_name("main")
    loop.set_task_factory(asyncio.eager_task_factory)
    suspended = loop.create_task(nap(), name="suspended")
    tasks = [
        suspended,
        loop.create_task(awaits(suspended), name="awaiter"),
        asyncio.Task(nap(), loop=loop, name="lazy"),
    ]
    done = [loop.create_task(returns(), name="finished"), loop.create_task(raises(), name="failed")]
    threading.Thread(target=asyncio.run, args=(outer(),), name="mid", daemon=True).start()
    standing.wait()
    ready.watch(blocked[0])
    ready.when(
        ready.parked(2, "sleep", "nap"),
        ready.parked(1, "awaits", "awaits"),
        ready.parked(1, "main", "main"),
        ready.thread(1, "stuck", "inner"),
        done=done,
        blocked=blocked,
    )
    await loop.create_future()
    del tasks


asyncio.run(main())
