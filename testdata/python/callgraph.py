"""What CPython 3.14's own asyncio call graph does not show, or shows wrong,
each in a few tasks.

Needs Python 3.11.

A correct reader says that

    elsewhere    runs in a second loop, in a thread; it awaits remote
    child        was started in the group that parent2 opened: its backtrace is
                 child1, child2, parent2, parent1, and not parent3, where the
                 owner stands
    agen         stands in sleep, numbers (an async generator), async_for
    types        stands in sleep, old_style (a types.coroutine), modern
    iterates     awaits iterated, through an object whose __await__ returns the
                 iterator of a Future
    declares     waits for an Event; made-0 to made-2, of which it has made a
                 gather and a shield, are awaited by nobody
    completes    waits in as_completed for either of done-0 and done-1
    at-once      waits in wait_for(refuses, 0) for refuses, which was cancelled
                 and goes on
    x, y         wait for each other: a deadlock; z waits behind them
    main         waits for a future that nothing will set
"""

import asyncio
import threading
import types

import ready

HOUR = 3600
tasks = {}


def start(coroutine, name):
    tasks[name] = asyncio.get_running_loop().create_task(coroutine, name=name)
    return tasks[name]


async def doze():
    await asyncio.sleep(HOUR)


def sleeper(name):
    return start(doze(), name)


async def elsewhere(running):
    asyncio.current_task().set_name("elsewhere")
    running.set_result(asyncio.get_running_loop())
    await sleeper("remote")


async def child1():
    await asyncio.sleep(HOUR)


async def child2():
    await child1()


async def parent3():
    await asyncio.sleep(HOUR)


async def parent2():
    async with asyncio.TaskGroup() as group:
        group.create_task(child2(), name="child")
        await parent3()


async def parent1():
    await parent2()


async def numbers():
    await asyncio.sleep(HOUR)
    yield 1


async def async_for():
    async for _ in numbers():
        pass


@types.coroutine
def old_style():
    yield from asyncio.sleep(HOUR).__await__()


async def modern():
    await old_style()


class Iterates:
    def __init__(self, future):
        self.future = future

    def __await__(self):
        return self.future.__await__()


async def iterates():
    await Iterates(sleeper("iterated"))


async def declares():
    gathered = asyncio.gather(sleeper("made-0"), sleeper("made-1"))
    shielded = asyncio.shield(sleeper("made-2"))
    await asyncio.Event().wait()
    return gathered, shielded


async def completes():
    for one in asyncio.as_completed([sleeper("done-0"), sleeper("done-1")]):
        await one


async def refuses():
    try:
        await asyncio.sleep(HOUR)
    except asyncio.CancelledError:
        await goes_on()


async def goes_on():
    await asyncio.sleep(HOUR)


async def at_once():
    task = start(refuses(), "refuses")
    await asyncio.sleep(0)
    await asyncio.wait_for(task, 0)


async def other(name):
    await tasks[name]


async def main():
    asyncio.current_task().set_name("main")
    running = asyncio.get_running_loop().create_future()
    loop = asyncio.get_running_loop()

    class Answer:
        def set_result(self, value):
            loop.call_soon_threadsafe(running.set_result, value)

    threading.Thread(target=asyncio.run, args=(elsewhere(Answer()),), daemon=True).start()
    ready.watch(await running)
    start(parent1(), "owner")
    start(async_for(), "agen")
    start(modern(), "types")
    start(iterates(), "iterates")
    start(declares(), "declares")
    start(completes(), "completes")
    start(at_once(), "at-once")
    start(other("y"), "x")
    start(other("x"), "y")
    start(other("x"), "z")
    ready.when(
        ready.parked(7, "sleep", "doze"),
        ready.parked(1, "sleep", "child2"),
        ready.parked(1, "sleep", "parent1"),
        ready.parked(1, "sleep", "async_for"),
        ready.parked(1, "sleep", "modern"),
        ready.parked(1, "sleep", "goes_on"),
        ready.parked(1, "wait", "declares"),
        ready.parked(1, "get", "completes"),
        ready.parked(1, "_cancel_and_wait", "at_once"),
        ready.parked(3, "other", "other"),
        ready.parked(1, "main", "main"),
    )
    await loop.create_future()


asyncio.run(main())
