"""What tasks of Trio wait for, and whose nurseries they are in.

Needs Trio, of 0.22 or later.

A correct reader says that

    child2       is in a nursery opened in parent2(), called from parent1(): its
                 backtrace is child2, child1, parent2, parent1, though the owner
                 stands in parent3()
    by-manager   is in a nursery opened in managed(), by an asynccontextmanager
    by-stack     is in one opened in stacked(), by an AsyncExitStack
    by-class     is in one opened in classed(), by a class with __aenter__
    leaver       waits for its nursery, in which left and far are; far was
                 started by starter, from elsewhere
    starts       waits in nursery.start for slow to say that it has started
    lock-2       waits for a Lock that lock-1 has
    notified     was notified, and waits for the lock of its condition
    condition    waits for a Condition
    sem-2        waits for a Semaphore that sem-1 has
    limit-2      waits for a CapacityLimiter that limit-1 borrows from
    event        waits for an Event
    put          waits for room in a memory channel of 1, get for an item of another
    socket       waits for a socket to become readable, process for the end of one
    sleep        sleeps for an hour, forever for ever
    timeout      waits for an Event, for half an hour at most
    lot          waits in a ParkingLot
    own          waits for something of its own, by wait_task_rescheduled
    thread       waits for a thread that stands in blocking()
    back         is such a thread's task: the thread waits for what it does meanwhile
    queued       waits for a thread, and the limiter has none left
    cancelled    was cancelled, and waits on behind a shield
    dead-1       and dead-2 wait for each other's Locks
    main         waits for all of them
"""

import contextlib
import subprocess
import threading

import ready  # and Trio: tests of all programs leave this one out
import trio
import triotree

HOUR = 3600
forever = threading.Event()


async def child1():
    await child2()


async def child2():
    await trio.sleep(HOUR)


async def parent1():
    await parent2()


async def parent2():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child1, name="child2")
        await parent3()


async def parent3():
    await trio.sleep(HOUR)


@contextlib.asynccontextmanager
async def opened(name):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep, HOUR, name=name)
        yield


async def managed():
    async with opened("by-manager"):
        await parent3()


async def stacked():
    async with contextlib.AsyncExitStack() as stack:
        nursery = await stack.enter_async_context(trio.open_nursery())
        nursery.start_soon(trio.sleep, HOUR, name="by-stack")
        await parent3()


class Supervisor:
    async def __aenter__(self):
        self.manager = trio.open_nursery()
        nursery = await self.manager.__aenter__()
        nursery.start_soon(trio.sleep, HOUR, name="by-class")
        return self

    async def __aexit__(self, *exc):
        return await self.manager.__aexit__(*exc)


async def classed():
    async with Supervisor():
        await parent3()


async def leaver(shared):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep, HOUR, name="left")
        await shared.send(nursery)


async def starter(shared):
    nursery = await shared.receive()
    nursery.start_soon(trio.sleep, HOUR, name="far")
    await trio.sleep(HOUR)


async def slow(task_status=trio.TASK_STATUS_IGNORED):
    await trio.sleep(HOUR)
    task_status.started()


async def starts():
    async with trio.open_nursery() as nursery:
        await nursery.start(slow, name="slow")


async def hold(lock):
    async with lock:
        await trio.sleep(HOUR)


async def both(first, second):
    async with first:
        await trio.testing.wait_all_tasks_blocked()
        async with second:
            pass


async def await_condition(condition):
    async with condition:
        await condition.wait()


async def notify(condition):
    async with condition:
        condition.notify()
        await trio.sleep(HOUR)


async def put(channel):
    await channel.send(1)
    await channel.send(2)


async def get(channel):
    await channel.receive()


async def read(sock):
    await sock.recv(1)


async def process():
    child = await trio.lowlevel.open_process(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    kept.append(child)  # it ends with its standard input, when this program does
    await child.wait()


async def timeout():
    with trio.move_on_after(HOUR / 2):
        await trio.Event().wait()


async def own():
    await trio.lowlevel.wait_task_rescheduled(lambda _: trio.lowlevel.Abort.FAILED)


def blocking():
    forever.wait()


async def thread(function, limiter):
    await trio.to_thread.run_sync(function, limiter=limiter)


def calls_back():
    trio.from_thread.run(trio.sleep, HOUR)


async def cancelled():
    with trio.CancelScope() as scope:
        scope.cancel()
        with trio.CancelScope(shield=True):
            await trio.sleep(HOUR)


from_thread = "_send_message_to_trio" if hasattr(trio._threads, "_send_message_to_trio") else "_run_fn_as_system_task"


async def main():
    trio.lowlevel.current_task().name = "main"
    async with trio.open_nursery() as nursery:

        async def start(name, function, *args):
            nursery.start_soon(function, *args, name=name)
            await trio.testing.wait_all_tasks_blocked()  # one after the other

        await start("parent", parent1)
        await start("managed", managed)
        await start("stacked", stacked)
        await start("classed", classed)
        sender, receiver = trio.open_memory_channel(0)
        await start("leaver", leaver, sender)
        await start("starter", starter, receiver)
        await start("starts", starts)
        for name, lock in ("lock", trio.Lock()), ("sem", trio.Semaphore(1)), ("limit", trio.CapacityLimiter(1)):
            await start(name + "-1", hold, lock)
            await start(name + "-2", hold, lock)
        first, second = trio.Lock(), trio.Lock()
        nursery.start_soon(both, first, second, name="dead-1")
        await start("dead-2", both, second, first)
        condition = trio.Condition()
        await start("notified", await_condition, condition)
        await start("condition", await_condition, condition)
        await start("notifier", notify, condition)
        await start("event", trio.Event().wait)
        sender, receiver = trio.open_memory_channel(1)
        kept.append(receiver)
        await start("put", put, sender)
        sender, receiver = trio.open_memory_channel(5)
        kept.append(sender)
        await start("get", get, receiver)
        ours, theirs = trio.socket.socketpair()
        kept.append(theirs)
        await start("socket", read, ours)
        await start("process", process)
        await start("sleep", trio.sleep, HOUR)
        await start("forever", trio.sleep_forever)
        await start("timeout", timeout)
        await start("lot", trio.lowlevel.ParkingLot().park)
        await start("own", own)
        limiter = trio.CapacityLimiter(1)
        await start("thread", thread, blocking, limiter)
        await start("queued", thread, blocking, limiter)
        await start("back", thread, calls_back, trio.CapacityLimiter(1))
        await start("cancelled", cancelled)
        triotree.serve()
        ready.when(
            triotree.parked(),
            ready.thread(1, "wait", "blocking"),
            ready.thread(1, from_thread, "calls_back"),
        )


kept = []
if __name__ == "__main__":
    import trio.testing

    trio.run(main)
