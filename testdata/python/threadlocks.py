"""Threads and tasks that wait for the locks of threads.

A correct reader says that

    first, second      each has a Lock that the other wants, both with "with":
                       a deadlock of two threads
    behind             waits for first's Lock, behind that deadlock
    owner              has an RLock, and waits for an Event
    wants-rlock        waits for that RLock, which owner has
    acquirer           has another RLock, by acquire() alone, and waits for an Event
    wants-acquired     waits for that one, which acquirer has
    in-condition       has a Condition, and waits for an Event
    wants-condition    waits for the Lock of that Condition, which in-condition has
    bare               waits for a Lock that nobody stands inside of
    patient            waits for first's Lock with a timeout: no deadlock
    simple-get         gets from an empty SimpleQueue
    joiner             waits for the end of bare
    any-of             waits in concurrent.futures.wait for two jobs of a pool
    completed          waits in as_completed for the same
    caller             has a Lock, and waits for a coroutine that it gave to the
                       loop of the thread "loop"
    blocker            the task that runs in that loop, which wants caller's
                       Lock: a deadlock of a task and a thread. The loop is blocked
    late               is ready in that loop, and cannot run
    self-call          a task that waits for a coroutine that it gave to its own loop
"""

import asyncio
import concurrent.futures
import queue
import threading

import ready

locks = [threading.Lock() for _ in range(4)]
rlocks = [threading.RLock(), threading.RLock()]
condition = threading.Condition()
never = threading.Event()
simple = queue.SimpleQueue()
loops = []


def thread(target, name, *args):
    t = threading.Thread(target=target, name=name, args=args, daemon=True)
    t.start()
    return t


def cross(mine, other, both):
    with mine:
        both.wait()
        with other:
            pass


def want(lock):
    with lock:
        pass


def have(lock, has):
    with lock:
        has.set()
        never.wait()


def acquire(lock, has):
    lock.acquire()
    has.set()
    never.wait()


def want_for_a_day(lock):
    lock.acquire(timeout=24 * 3600)


def get_simple():
    simple.get()


def join(other):
    other.join()


def wait_any(jobs):
    concurrent.futures.wait(jobs)


def wait_each(jobs):
    for _ in concurrent.futures.as_completed(jobs):
        pass


def job():
    never.wait()


async def answer():
    pass


def call(lock, has):
    with lock:
        has.set()
        given.wait()
        asyncio.run_coroutine_threadsafe(answer(), loops[0]).result()


async def late():
    pass


def loop():
    async def root():
        asyncio.current_task().set_name("blocker")
        ready.watch()
        loops.append(asyncio.get_running_loop())
        has = threading.Event()
        thread(call, "caller", locks[3], has)
        has.wait()
        tasks.append(loops[0].create_task(late(), name="late"))
        given.set()
        want(locks[3])

    tasks = []
    asyncio.run(root())


def self_loop():
    async def root():
        asyncio.current_task().set_name("self-call")
        ready.watch()
        loops.append(asyncio.get_running_loop())
        asyncio.run_coroutine_threadsafe(answer(), asyncio.get_running_loop()).result()

    asyncio.run(root())


def started(target, lock, name):
    has = threading.Event()
    thread(target, name, lock, has)
    has.wait()


given = threading.Event()


def main():
    both = threading.Barrier(3)
    thread(cross, "first", locks[0], locks[1], both)
    thread(cross, "second", locks[1], locks[0], both)
    locks[2].acquire()
    started(have, rlocks[0], "owner")
    started(acquire, rlocks[1], "acquirer")
    started(have, condition, "in-condition")
    thread(want, "wants-rlock", rlocks[0])
    thread(want, "wants-acquired", rlocks[1])
    thread(want, "wants-condition", condition)
    bare = thread(want, "bare", locks[2])
    thread(get_simple, "simple-get")
    thread(join, "joiner", bare)
    pool = concurrent.futures.ThreadPoolExecutor(2, "pool")
    jobs = [pool.submit(job), pool.submit(job)]
    thread(wait_any, "any-of", jobs)
    thread(wait_each, "completed", jobs)
    thread(loop, "loop")
    given.wait()
    thread(self_loop, "self-loop")
    both.wait()
    thread(want, "behind", locks[0])
    thread(want_for_a_day, "patient", locks[0])
    ready.when(
        ready.thread(2, "cross", "cross"),
        ready.thread(5, "want", "want"),
        ready.thread(1, "__enter__", "want"),
        ready.thread(1, "want_for_a_day", "want_for_a_day"),
        ready.thread(1, "get_simple", "get_simple"),
        ready.thread(2, "wait", "have"),
        ready.thread(1, "wait", "acquire"),
        ready.thread(1, "wait", "wait_any"),
        ready.thread(1, "wait", "wait_each"),
        ready.thread(2, "wait", "job"),
        ready.thread(1, "wait", "call"),
        ready.thread(1, "wait", "self_loop"),
        blocked=loops,
    )
    never.wait()


main()
