"""A pool of threads whose jobs wait for jobs of the same pool.

A correct reader says that starved_0 and starved_1 wait for each other, as they are
all the threads that the pool has and the jobs that they wait for are in its queue: a
deadlock, proven. main waits behind them. They run outer(), and the pool roomy has a
thread to spare for the job that its roomy_0 waits for, which sleeps.
"""

import asyncio
import concurrent.futures
import threading
import time

import ready

HOUR = 3600
pool = concurrent.futures.ThreadPoolExecutor(2, thread_name_prefix="starved")
roomy = concurrent.futures.ThreadPoolExecutor(2, thread_name_prefix="roomy")


def inner():
    time.sleep(HOUR)


def outer(executor, all_there):
    all_there.wait()  # or one of the threads could take what another has submitted
    return executor.submit(inner).result()


async def main():
    asyncio.current_task().set_name("main")
    loop = asyncio.get_running_loop()
    two = threading.Barrier(2)
    jobs = [loop.run_in_executor(pool, outer, pool, two) for _ in range(2)]
    loop.run_in_executor(roomy, outer, roomy, threading.Barrier(1))
    ready.when(
        ready.thread(3, "wait", "outer"),
        ready.thread(1, "inner", "inner"),
        ready.parked(1, "main", "main"),
    )
    await asyncio.gather(*jobs)


asyncio.run(main())
