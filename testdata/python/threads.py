"""Loops in several threads, and threads that run no loop.

A correct reader says that

    main             runs in the main thread's loop, and waits for a future
    loop-1, loop-2   sleep, each in the loop of a thread of that name
    blocker          is running, in the loop of the thread "blocked": it stands
                     in refresh(), called by handler(), which waits for a
                     threading.Lock. The loop is blocked
    queued-0 to -2   are ready to run in that loop, and cannot; queued-2 is
                     told to be cancelled, and does not know it yet
    idle             sleeps in that loop
    the threads      sleeper (in time.sleep), locker (waits for a Lock), getter
                     (in queue.Queue.get) and waiter (in Event.wait) run no loop
"""

import asyncio
import queue
import threading
import time

import ready

HOUR = 3600
gate = threading.Lock()
gate.acquire()
blocked = []


async def nap():
    await asyncio.sleep(HOUR)


def run_loop():
    async def root():
        asyncio.current_task().set_name(threading.current_thread().name)
        ready.watch()
        started.release()
        await nap()

    asyncio.run(root())


def refresh():
    with gate:
        pass


async def handler():
    asyncio.current_task().set_name("blocker")
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(nap(), name="idle")]
    await asyncio.sleep(0)  # which begins to sleep
    tasks += [loop.create_task(nap(), name="queued-%d" % i) for i in range(3)]
    tasks[-1].cancel()
    ready.watch()
    blocked.append(loop)
    started.release()
    refresh()


def sleeper():
    time.sleep(24 * HOUR)


def locker():
    refresh()


def getter():
    queue.Queue().get()


def waiter():
    threading.Event().wait()


async def main():
    asyncio.current_task().set_name("main")
    # One after the other: their tasks' and threads' order is that of the names.
    for name, target in ("loop-1", run_loop), ("loop-2", run_loop), ("blocked", lambda: asyncio.run(handler())):
        threading.Thread(target=target, name=name, daemon=True).start()
        started.acquire()
    for target in sleeper, locker, getter, waiter:
        threading.Thread(target=target, name=target.__name__, daemon=True).start()
    ready.when(
        ready.parked(3, "sleep", "nap"),
        ready.parked(1, "main", "main"),
        ready.thread(1, "refresh", "handler"),
        ready.thread(1, "sleeper", "sleeper"),
        ready.thread(1, "refresh", "locker"),
        ready.thread(1, "wait", "getter"),
        ready.thread(1, "wait", "waiter"),
        blocked=blocked,
    )
    await asyncio.get_running_loop().create_future()


started = threading.Semaphore(0)
asyncio.run(main())
