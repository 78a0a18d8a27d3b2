"""Task groups, and where a child's logical backtrace goes on: in the frame
that opened the group, wherever its owner stands now.

Needs Python 3.11.

A correct reader says that

    child          was started by starter() in the group that parent2 opened;
                   its logical backtrace is sleep, child1, child2 (its own),
                   parent2, parent1 of the owner. The owner stands in parent3,
                   called by parent2, which is no part of it
    exit-child     is in a group whose owner waits in its __aexit__
    agen-child     is in a group that an async generator opened, which its
                   user, agen-owner, is not running now: it stands in the body
                   of its `async for`
    wrapped-child  is in a group opened in wrapped(), an asynccontextmanager;
                   its owner sleeps in the body of the `async with wrapped()`
    stacked-child  is in a group that an AsyncExitStack entered, in stacked()
    class-child    is in a group that the class Supervisor opened in its own
                   __aenter__; the owner sleeps in by_class()
    inner-child    is in a group opened inside another, which holds outer-child
    stubborn       refuses to be cancelled, in a group that is aborting, brought
                   down by failing, which raised ValueError("no stock"); its
                   sibling obedient was cancelled
    far-owner      hands its group to grandchildren: starter-task, one of its
                   members, starts far-child in it
    main           waits for a future that nothing will set
"""

import asyncio
import contextlib

import ready

HOUR = 3600


async def child1():
    await asyncio.sleep(HOUR)


async def child2():
    await child1()


async def parent3():
    await asyncio.sleep(HOUR)


def starter(group):
    group.create_task(child2(), name="child")


async def parent2():
    async with asyncio.TaskGroup() as group:
        starter(group)
        await parent3()


async def parent1():
    await parent2()


async def exits():
    async with asyncio.TaskGroup() as group:
        group.create_task(child2(), name="exit-child")


async def opens():
    async with asyncio.TaskGroup() as group:
        group.create_task(child2(), name="agen-child")
        yield group


async def by_generator():
    async for _ in opens():
        await parent3()


@contextlib.asynccontextmanager
async def wrapped():
    async with asyncio.TaskGroup() as group:
        yield group


async def by_wrapper():
    async with wrapped() as group:
        group.create_task(child2(), name="wrapped-child")
        await parent3()


async def stacked():
    async with contextlib.AsyncExitStack() as stack:
        group = await stack.enter_async_context(asyncio.TaskGroup())
        group.create_task(child2(), name="stacked-child")
        await parent3()


class Supervisor:
    def __init__(self):
        self.group = asyncio.TaskGroup()

    async def __aenter__(self):
        return await self.group.__aenter__()

    async def __aexit__(self, *exc_info):
        return await self.group.__aexit__(*exc_info)


async def by_class():
    async with Supervisor() as group:
        group.create_task(child2(), name="class-child")
        await parent3()


async def nested():
    async with asyncio.TaskGroup() as outer:
        outer.create_task(child2(), name="outer-child")
        async with asyncio.TaskGroup() as inner:
            inner.create_task(child2(), name="inner-child")
            await parent3()


async def fails(standing):
    await standing.wait()
    raise ValueError("no stock")


async def refuses(standing):
    standing.set()
    while True:
        try:
            await asyncio.sleep(HOUR)
        except asyncio.CancelledError:
            await cleans_up()


async def cleans_up():
    await asyncio.sleep(HOUR)


async def aborts():
    standing = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        failed.append(group.create_task(fails(standing), name="failing"))
        group.create_task(refuses(standing), name="stubborn")
        failed.append(group.create_task(child2(), name="obedient"))


async def starts(group):
    group.create_task(child2(), name="far-child")
    await asyncio.sleep(HOUR)


async def far():
    async with asyncio.TaskGroup() as group:
        group.create_task(starts(group), name="starter-task")
        await parent3()


failed = []


async def main():
    def start(coroutine, name):
        tasks.append(asyncio.create_task(coroutine, name=name))

    tasks = [asyncio.current_task()]
    tasks[0].set_name("main")
    start(parent1(), "owner")
    start(exits(), "exit-owner")
    start(by_generator(), "agen-owner")
    start(by_wrapper(), "wrapped-owner")
    start(stacked(), "stacked-owner")
    start(by_class(), "class-owner")
    start(nested(), "nested-owner")
    start(aborts(), "abort-owner")
    start(far(), "far-owner")
    while len(failed) < 2 or not all(task.done() for task in failed):
        await asyncio.sleep(0)
    ready.when(
        ready.parked(9, "sleep", "child2"),
        ready.parked(1, "sleep", "parent1"),
        ready.parked(1, "sleep", "by_generator"),
        ready.parked(1, "sleep", "by_wrapper"),
        ready.parked(1, "sleep", "stacked"),
        ready.parked(1, "sleep", "by_class"),
        ready.parked(1, "sleep", "nested"),
        ready.parked(1, "sleep", "cleans_up"),
        ready.parked(1, "sleep", "starts"),
        ready.parked(1, "sleep", "far"),
        ready.parked(2, "_aexit" if hasattr(asyncio.TaskGroup, "_aexit") else "__aexit__", "TaskGroup.__aexit__"),
        ready.parked(1, "main", "main"),
        done=failed,
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
