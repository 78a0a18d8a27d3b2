"""Who holds what, through wrappers, and who seems to and does not.

A correct reader says that

    guard-holder    holds the lock that guard-waiter waits for, by a guess:
                    both through a class with the lock in an attribute
    finally-holder  holds the one that finally-waiter waits for: it stands in a
                    finally clause inside of its with-block
    exit-holder     holds the one that exit-waiter waits for: an
                    asynccontextmanager that it leaves still stands inside
    agen-holder     holds the one that agen-waiter waits for, by a guess: an
                    async generator that it goes through stands inside
    two-waiter      waits for a lock of which nobody knows who holds it: two-first
                    stands inside of its with-block but has released it by hand, and
                    two-second stands inside, too
    freed           stands inside of the with-block of a lock that is free
    swap-waiter     waits for a lock that swap-bare took without a with-block,
                    the holder is not known: swapper stands inside of the
                    with-block of the one that was in its place before
    pool-waiter     waits for a lock that pool-bare took without a with-block:
                    innocent stands inside of the with-block of an object that
                    has the lock in an attribute, and does not take it
    selfish         waits for a lock that it holds itself: a deadlock
    lock-0          holds a lock and awaits join-0, which waits in a gather for
                    want-0, which waits for the lock: one deadlock, and behind
                    waits behind it
    main            waits for a future that nothing will set
"""

import asyncio
import contextlib

import ready

HOUR = 3600
tasks = {}


def start(coroutine, name):
    tasks[name] = asyncio.get_running_loop().create_task(coroutine, name=name)
    return tasks[name]


async def rest():
    await asyncio.sleep(HOUR)


async def hold(lock):
    async with lock:
        await rest()


async def bare(lock):
    await lock.acquire()
    await rest()


class Guard:
    def __init__(self, lock):
        self.lock = lock

    async def __aenter__(self):
        await self.lock.acquire()

    async def __aexit__(self, *exc_info):
        self.lock.release()


class Pool(Guard):
    async def __aenter__(self):
        pass


async def guarded(lock):
    async with Guard(lock):
        await rest()


async def innocent(lock):
    async with Pool(lock):
        await rest()


async def in_finally(lock):
    async with lock:
        try:
            await asyncio.sleep(0)
        finally:
            await rest()


@contextlib.asynccontextmanager
async def locked(lock):
    async with lock:
        yield
        await rest()


async def leaves(lock):
    async with locked(lock):
        pass


async def goes_through(lock):
    async for _ in numbers(lock):
        await rest()


async def numbers(lock):
    async with lock:
        yield 1


async def releases(lock):
    async with lock:
        lock.release()
        await rest()


async def swaps(box):
    async with box["lock"]:
        box["lock"] = asyncio.Lock()
        await rest()


async def twice(lock):
    async with lock:
        async with lock:
            pass


async def holds_and_joins(lock):
    async with lock:
        await start(joins(lock), "join-0")


async def joins(lock):
    await asyncio.gather(start(hold(lock), "want-0"))


async def main():
    asyncio.current_task().set_name("main")
    for name, holder, waiter in (
        ("guard", guarded, guarded),
        ("finally", in_finally, hold),
        ("exit", leaves, hold),
        ("agen", goes_through, hold),
    ):
        lock = asyncio.Lock()
        start(holder(lock), name + "-holder")
        for _ in range(3):
            await asyncio.sleep(0)
        start(waiter(lock), name + "-waiter")
    lock = asyncio.Lock()
    start(releases(lock), "two-first")
    start(hold(lock), "two-second")
    start(hold(lock), "two-waiter")
    start(releases(asyncio.Lock()), "freed")
    box = {"lock": asyncio.Lock()}
    start(swaps(box), "swapper")
    await asyncio.sleep(0)
    start(bare(box["lock"]), "swap-bare")
    start(hold(box["lock"]), "swap-waiter")
    lock = asyncio.Lock()
    start(innocent(lock), "innocent")
    start(bare(lock), "pool-bare")
    start(hold(lock), "pool-waiter")
    start(twice(asyncio.Lock()), "selfish")
    lock = asyncio.Lock()
    start(holds_and_joins(lock), "lock-0")
    while "want-0" not in tasks:
        await asyncio.sleep(0)
    start(hold(lock), "behind")
    ready.when(
        ready.parked(11, "sleep", "rest"),
        ready.holds(lambda: all(task._fut_waiter for task in tasks.values())),
        ready.parked(1, "main", "main"),
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
