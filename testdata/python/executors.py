"""Tasks that wait for threads, and threads that wait for tasks.

A correct reader says that

    busy-0, busy-1   wait for jobs that the threads small_0 and small_1 of a
                     pool of two run: they stand in block(), each waiting for a
                     lock
    queued           waits for a job of the same pool that no thread has begun:
                     the pool is saturated, with 1 job in its queue
    default          waits for a job in the loop's default pool, which the
                     thread asyncio_0 runs
    to-thread        (3.9 on) the same through to_thread(), in thread asyncio_1
    wrapped          waits for a concurrent Future that it wrapped itself and
                     nobody will set
    remote           was started from the thread "caller", which waits in
                     call() for its result, by run_coroutine_threadsafe
    idle             a pool with one thread that has nothing to do, idle_0
    main             waits for a future that nothing will set
"""

import asyncio
import concurrent.futures
import threading

import ready

HOUR = 3600
gate = threading.Lock()
gate.acquire()
begun = []


def block(name):
    begun.append(name)
    with gate:
        return name


async def under_way(n):
    # One job at a time, so that each is run by the thread that its name tells.
    while len(begun) < n:
        await asyncio.sleep(0)


async def run(pool, name):
    await asyncio.get_running_loop().run_in_executor(pool, block, name)


async def to_thread():
    await asyncio.to_thread(block, "to-thread")


async def wrap(future):
    await asyncio.wrap_future(future)


async def remote():
    asyncio.current_task().set_name("remote")
    await asyncio.sleep(HOUR)


def call(loop):
    asyncio.run_coroutine_threadsafe(remote(), loop).result()


async def main():
    def start(coroutine, name):
        tasks.append(asyncio.create_task(coroutine, name=name))

    tasks = [asyncio.current_task()]
    tasks[0].set_name("main")
    loop = asyncio.get_running_loop()
    loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(4, thread_name_prefix="asyncio"))
    small = concurrent.futures.ThreadPoolExecutor(2, thread_name_prefix="small")
    idle = concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="idle")
    await loop.run_in_executor(idle, int)
    start(run(small, "busy-0"), "busy-0")
    await under_way(1)
    start(run(small, "busy-1"), "busy-1")
    await under_way(2)
    start(run(small, "queued"), "queued")
    start(run(None, "default"), "default")
    await under_way(3)
    if hasattr(asyncio, "to_thread"):
        start(to_thread(), "to-thread")
    start(wrap(concurrent.futures.Future()), "wrapped")
    threading.Thread(target=call, args=(loop,), name="caller", daemon=True).start()
    to_threads = int(hasattr(asyncio, "to_thread"))
    ready.when(
        ready.parked(4, "run", "run"),
        ready.parked(to_threads, "to_thread", "to_thread"),
        ready.parked(1, "wrap", "wrap"),
        ready.parked(1, "sleep", "remote"),
        ready.parked(1, "main", "main"),
        ready.thread(3 + to_threads, "block", "_worker"),
        ready.thread(1, "_worker", "_worker"),
        ready.thread(1, "wait", "call"),
    )
    await loop.create_future()


asyncio.run(main())
