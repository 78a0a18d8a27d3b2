"""AnyIO's task groups and locks on asyncio.

Needs AnyIO, of 3.6 or later.

A correct reader says that

    child         is in a group opened in opens(), whose owner sleeps in body()
    wrapped       the same, opened in wrapped() by an asynccontextmanager
    exit-child    is in a group whose owner, exits, waits for it in __aexit__
    scoped        is in the same group, and stands in a cancel scope of its own
    lock-waiter   waits for a Lock that lock-holder has
    limit-waiter  waits for a CapacityLimiter that limit-holder borrows from
    sem-waiter    waits for a Semaphore
    event         waits for an Event
    timed         sleeps for two hours in a cancel scope that ends within one
    timed-child   the same, as the group that it is in ends then
    shielded      sleeps in such a scope too, which a shield keeps off
    receiver      waits for an item of a memory stream
    job           waits for a thread of AnyIO's that stands in blocking()
    queue-job     waits for one that takes from a queue, as an idle one does
    main          waits for a future that nothing will set
"""

import asyncio
import contextlib
import queue
import threading

import anyio
import anyio.to_thread
import ready  # and AnyIO: tests of all programs leave this one out

HOUR = 3600
forever = threading.Event()


async def child():
    await asyncio.sleep(HOUR)


async def body():
    await asyncio.sleep(HOUR)


async def scoped():
    with anyio.CancelScope(shield=True):
        await asyncio.sleep(HOUR)


async def opens():
    async with anyio.create_task_group() as group:
        group.start_soon(child, name="child")
        await body()


@contextlib.asynccontextmanager
async def opened():
    async with anyio.create_task_group() as group:
        group.start_soon(child, name="wrapped-child")
        yield


async def wrapped():
    async with opened():
        await body()


async def exits():
    async with anyio.create_task_group() as group:
        group.start_soon(child, name="exit-child")
        group.start_soon(scoped, name="scoped")


async def nap():
    await asyncio.sleep(2 * HOUR)


async def timed():
    with anyio.move_on_after(HOUR):
        await nap()


async def timed_group():
    async with anyio.create_task_group() as group:
        group.cancel_scope.deadline = anyio.current_time() + HOUR
        group.start_soon(nap, name="timed-child")


async def shielded():
    with anyio.move_on_after(HOUR), anyio.CancelScope(shield=True):
        await nap()


async def hold(lock):
    async with lock:
        await asyncio.sleep(HOUR)


async def await_event(event):
    await event.wait()


def blocking():
    forever.wait()


async def main():
    def start(coroutine, name):
        tasks.append(asyncio.get_running_loop().create_task(coroutine, name=name))

    tasks = []
    streams = anyio.create_memory_object_stream(1)
    asyncio.current_task().set_name("main")
    start(opens(), "owner")
    start(wrapped(), "wrapped")
    start(exits(), "exits")
    for name, lock in ("lock", anyio.Lock()), ("limit", anyio.CapacityLimiter(1)), ("sem", anyio.Semaphore(1)):
        start(hold(lock), name + "-holder")
        start(hold(lock), name + "-waiter")
    start(await_event(anyio.Event()), "event")
    start(timed(), "timed")
    start(timed_group(), "timed-owner")
    start(shielded(), "shielded")
    start(streams[1].receive(), "receiver")
    start(anyio.to_thread.run_sync(blocking), "job")
    start(anyio.to_thread.run_sync(queue.Queue().get), "queue-job")
    ready.when(
        ready.parked(3, "sleep", "child"),
        ready.parked(1, "sleep", "scoped"),
        ready.parked(2, "sleep", "body"),
        ready.parked(3, "sleep", "hold"),
        ready.parked(3, "sleep", "nap"),
        ready.holds(lambda: all(task._fut_waiter for task in tasks)),
        ready.parked(1, "wait", "await_event"),
        ready.parked(1, "main", "main"),
        ready.thread(1, "wait", "blocking"),
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
