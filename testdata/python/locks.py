"""Tasks that wait for what asyncio synchronises with, and those that hold it.

A correct reader says that

    with-holder      holds the lock "a", opened in hold() by `async with`
    with-waiter      waits to enter it, in hold()
    bare-holder      called acquire() of the lock "b" without `with`: the lock
                     is held, and by whom is not known
    bare-waiter      waits for it, in Lock.acquire called by bare()
    left, right      each hold one lock and wait for the other's: a deadlock
    behind           waits behind left for the lock that right holds
    event-0, -1      wait for an Event that is not set
    condition-0, -1  wait to be notified; the Condition's lock is free, though
                     both stand inside its `async with`
    cond-holder      holds the lock of another Condition, and sleeps
    cond-waiter      waits to enter it
    sem-0, sem-1     hold one of the two slots of a Semaphore each; sem-2 waits
    bounded-0        holds the one slot of a BoundedSemaphore; bounded-1 waits
    barrier-0, -1    (3.11 on) two of three parties that wait at a Barrier
    through-holder   holds the lock "c", opened in locked(), an
                     asynccontextmanager that through() stands inside of
    through-waiter   waits to enter it, in locked()
    main             waits for a future that nothing will set
"""

import asyncio
import contextlib

import ready

HOUR = 3600


async def hold(lock):
    async with lock:
        await asyncio.sleep(HOUR)


async def bare(lock):
    await lock.acquire()
    await asyncio.sleep(HOUR)


async def both(mine, theirs, mine_held, theirs_held):
    async with mine:
        mine_held.set()
        await theirs_held.wait()
        async with theirs:
            pass


async def await_event(event):
    await event.wait()


async def notified(condition):
    async with condition:
        await condition.wait()


async def meet(barrier):
    async with barrier:
        pass


@contextlib.asynccontextmanager
async def locked(lock):
    async with lock:
        yield lock


async def through(lock):
    async with locked(lock):
        await asyncio.sleep(HOUR)


async def main():
    def start(coroutine, name):
        tasks.append(asyncio.create_task(coroutine, name=name))

    tasks = [asyncio.current_task()]
    tasks[0].set_name("main")
    a, b, c, left, right = [asyncio.Lock() for _ in range(5)]
    start(hold(a), "with-holder")
    start(hold(a), "with-waiter")
    start(through(c), "through-holder")
    start(through(c), "through-waiter")
    start(bare(b), "bare-holder")
    start(bare(b), "bare-waiter")
    left_held, right_held = asyncio.Event(), asyncio.Event()
    start(both(left, right, left_held, right_held), "left")
    start(both(right, left, right_held, left_held), "right")
    await left_held.wait()
    await right_held.wait()
    await asyncio.sleep(0)
    start(hold(right), "behind")
    event = asyncio.Event()
    for i in range(2):
        start(await_event(event), "event-%d" % i)
    condition, other = asyncio.Condition(), asyncio.Condition()
    for i in range(2):
        start(notified(condition), "condition-%d" % i)
    start(hold(other), "cond-holder")
    start(hold(other), "cond-waiter")
    semaphore, bounded = asyncio.Semaphore(2), asyncio.BoundedSemaphore(1)
    for i in range(3):
        start(hold(semaphore), "sem-%d" % i)
    for i in range(2):
        start(hold(bounded), "bounded-%d" % i)
    barriers = 0
    if hasattr(asyncio, "Barrier"):
        barriers = 2
        barrier = asyncio.Barrier(3)
        for i in range(barriers):
            start(meet(barrier), "barrier-%d" % i)
    ready.when(
        ready.parked(5, "sleep", "hold"),
        ready.parked(5, "acquire", "hold"),
        ready.parked(1, "sleep", "through"),
        ready.parked(1, "acquire", "locked"),
        ready.parked(1, "sleep", "bare"),
        ready.parked(1, "acquire", "bare"),
        ready.parked(2, "acquire", "both"),
        ready.parked(2, "wait", "await_event"),
        ready.parked(2, "wait", "notified"),
        ready.parked(barriers, "wait", "meet"),
        ready.parked(1, "main", "main"),
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
