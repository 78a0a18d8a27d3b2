"""Tasks and futures of pure Python, as a debugger or a task factory makes
them, beside those of C.

A correct reader says that

    pure         is an asyncio.tasks._PyTask, and sleeps in nap()
    pure-awaiter is one too, and awaits pure, by a frame of pure's __await__
    subclass     is of a class of the program, Traced, which inherits from
                 asyncio.Task; its attribute trace is no part of it
    pure-traced  is of a class that inherits from asyncio.tasks._PyTask
    c-awaiter    is a task of C, and awaits pure-traced
    pure-done    is done, and raised KeyError("pure"), never retrieved
    main         waits for a future that nothing will set
"""

import asyncio

import ready

HOUR = 3600


class Traced(asyncio.Task):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.trace = ["created"]


class PureTraced(asyncio.tasks._PyTask):
    pass


async def nap():
    await asyncio.sleep(HOUR)


async def other(task):
    await task


async def fails():
    raise KeyError("pure")


async def main():
    def start(kind, coroutine, name):
        tasks.append(kind(coroutine, loop=loop, name=name))
        return tasks[-1]

    loop = asyncio.get_running_loop()
    tasks = [asyncio.current_task()]
    tasks[0].set_name("main")
    pure = start(asyncio.tasks._PyTask, nap(), "pure")
    start(asyncio.tasks._PyTask, other(pure), "pure-awaiter")
    start(Traced, nap(), "subclass")
    pure_traced = start(PureTraced, nap(), "pure-traced")
    start(asyncio.Task, other(pure_traced), "c-awaiter")
    done = start(asyncio.tasks._PyTask, fails(), "pure-done")
    while not done.done():
        await asyncio.sleep(0)
    ready.when(
        ready.parked(3, "sleep", "nap"),
        ready.parked(2, "__await__", "other"),
        ready.parked(1, "main", "main"),
        done=[done],
    )
    await loop.create_future()


asyncio.run(main())
