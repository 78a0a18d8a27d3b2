"""Task groups that are opened through wrappers of every kind, and where their
children's backtraces go on. Each owner is called OWNER and its child OWNER-child.

Needs Python 3.11.

A correct reader says that the child's backtrace goes on

    deep          in deep(), through two asynccontextmanagers
    stack         in stack(), through an AsyncExitStack that an
                  asynccontextmanager has
    within        in within(), through an async generator that goes through
                  another one, which opened the group
    managed       in managed(), through an async generator that stands inside
                  an asynccontextmanager
    by-hand       in by_hand(), which runs an async generator by itself
    entered       in entered(), which entered the group by itself, by a guess
    attribute     in attribute(), through a class that keeps an exit stack, by a guess
    starting      in starting(), through a class whose __aenter__ still runs,
                  by a guess
    leaving       in leaving(), through a class whose __aexit__ waits for the
                  group, by a guess
    popping       in popping(), whose exit stack waits for the group
    closing       in closed_over(), an asynccontextmanager that waits for the
                  group, called by closing()
    raising       in raising(), whose body raised KeyError("lost"); the child
                  was cancelled and cleans up
    running       in running(), whose group one of its members, running-starter,
                  has opened a group inside of: running-inner goes on in starter(),
                  and that in running()
    field         nowhere: the group is the attribute of an object that starts
                  and ends elsewhere
    stranger      owns no group: it stands in the with-block of an object that
                  has attribute's as an attribute
    main          waits for a future that nothing will set
"""

import asyncio
import contextlib

import ready

HOUR = 3600


async def child():
    await asyncio.sleep(HOUR)


async def body():
    await asyncio.sleep(HOUR)


def spawn(group):
    group.create_task(child(), name=asyncio.current_task().get_name() + "-child")
    return group


@contextlib.asynccontextmanager
async def opened():
    async with asyncio.TaskGroup() as group:
        yield spawn(group)


@contextlib.asynccontextmanager
async def opened_deep():
    async with opened() as group:
        yield group


@contextlib.asynccontextmanager
async def opened_by_stack():
    async with contextlib.AsyncExitStack() as stack:
        yield spawn(await stack.enter_async_context(asyncio.TaskGroup()))


async def opens():
    async with asyncio.TaskGroup() as group:
        yield spawn(group)


async def opens_within():
    async for group in opens():
        yield group


async def opens_managed():
    async with opened_deep() as group:
        yield group


async def deep():
    async with opened_deep():
        await body()


async def stack():
    async with opened_by_stack():
        await body()


async def within():
    async for _ in opens_within():
        await body()


async def managed():
    async for _ in opens_managed():
        await body()


async def by_hand():
    generator = opens()
    await generator.asend(None)
    await body()


async def entered():
    group = asyncio.TaskGroup()
    await group.__aenter__()
    spawn(group)
    await body()
    await group.__aexit__(None, None, None)


class Stacked:
    async def __aenter__(self):
        self.stack = await contextlib.AsyncExitStack().__aenter__()
        spawn(await self.stack.enter_async_context(asyncio.TaskGroup()))

    async def __aexit__(self, *exc_info):
        return await self.stack.__aexit__(*exc_info)


class Starting:
    async def __aenter__(self):
        self.group = spawn(await asyncio.TaskGroup().__aenter__())
        await asyncio.sleep(HOUR)

    async def __aexit__(self, *exc_info):
        return await self.group.__aexit__(*exc_info)


class Leaving(Starting):
    async def __aenter__(self):
        self.group = spawn(await asyncio.TaskGroup().__aenter__())


class Borrowed(Starting):
    def __init__(self, owner):
        self.owner = owner

    async def __aenter__(self):
        pass


class Service:
    async def start(self):
        self.group = spawn(await asyncio.TaskGroup().__aenter__())


async def attribute(application):
    async with application:
        await body()


async def starting():
    async with Starting():
        pass


async def leaving():
    async with Leaving():
        pass


async def popping():
    async with contextlib.AsyncExitStack() as exits:
        spawn(await exits.enter_async_context(asyncio.TaskGroup()))


@contextlib.asynccontextmanager
async def closed_over():
    async with asyncio.TaskGroup() as group:
        yield spawn(group)


async def closing():
    async with closed_over():
        pass


async def refuses():
    while True:
        try:
            await asyncio.sleep(HOUR)
        except asyncio.CancelledError:
            await cleans_up()


async def cleans_up():
    await asyncio.sleep(HOUR)


async def raising():
    async with asyncio.TaskGroup() as group:
        group.create_task(refuses(), name="raising-child")
        await asyncio.sleep(0)
        raise KeyError("lost")


async def starter():
    async with asyncio.TaskGroup() as group:
        group.create_task(child(), name="running-inner")
        await body()


async def running():
    async with asyncio.TaskGroup() as group:
        group.create_task(starter(), name="running-starter")
        await body()


async def field(service):
    await service.start()
    await body()


async def stranger(borrowed):
    async with borrowed:
        await body()


async def main():
    def start(coroutine, name):
        tasks.append(asyncio.create_task(coroutine, name=name))

    tasks = [asyncio.current_task()]
    tasks[0].set_name("main")
    for function in deep, stack, within, managed, by_hand, entered, starting, leaving, popping, closing, raising, running:
        start(function(), function.__name__.replace("_", "-"))
    application = Leaving()
    start(attribute(Stacked()), "attribute")
    start(field(Service()), "field")
    start(attribute(application), "shared")
    await asyncio.sleep(0)
    borrowed = Borrowed(tasks[-1])
    borrowed.group = application.group
    start(stranger(borrowed), "stranger")
    ready.when(
        ready.parked(14, "sleep", "child"),
        ready.parked(12, "sleep", "body"),
        ready.parked(1, "sleep", "starting"),
        ready.parked(1, "sleep", "cleans_up"),
        ready.parked(4, "_aexit" if hasattr(asyncio.TaskGroup, "_aexit") else "__aexit__", "TaskGroup.__aexit__"),
        ready.parked(1, "main", "main"),
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
