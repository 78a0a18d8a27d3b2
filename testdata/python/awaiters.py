"""Tasks that are awaited in ways of the program's own, by several, or by none.

A correct reader says that

    by-iterator      awaits iterated through an object whose __await__ returns
                     the iterator of a task
    by-generator     awaits yielded through an __await__ that is a generator
    by-coroutine     awaits wrapped through an __await__ that returns that of a
                     coroutine
    ensured          awaits ensured-inner, through ensure_future of a coroutine
    watched          calls a function of the program's own when it is done, and
                     a method of an object of its own: nobody awaits it
    two-0, two-1     wait for one Future that nobody is known to set
    nested           waits in a gather of a shield of deep-0 and of a gather
                     (with return_exceptions) of deep-1, deep-2 and deep-done,
                     which has failed
    timed            waits in wait_for() for timed-inner through a gather
    declares         waits for an Event. It has in its variables a gather of a
                     shield of made-0 and of a gather of made-1, and a tuple of
                     tasks, made-2 and made-3: it awaits none of them
    iterates         has an as_completed iterator of rest-0 and rest-1 in a
                     variable, and waits for an Event
    steps            awaits what such an iterator gave it first: any of step-0
                     and step-1
    main             waits for a future that nothing will set
"""

import asyncio

import ready

HOUR = 3600
tasks = []


def start(coroutine, name):
    tasks.append(asyncio.get_running_loop().create_task(coroutine, name=name))
    return tasks[-1]


def sleeper(name):
    return start(doze(), name)


async def doze():
    await asyncio.sleep(HOUR)


async def fails():
    raise ValueError("no stock")


class Iterates:
    def __init__(self, task):
        self.task = task

    def __await__(self):
        return self.task.__await__()


class Yields(Iterates):
    def __await__(self):
        yield from self.task


class Wraps(Iterates):
    def __await__(self):
        return self.waits().__await__()

    async def waits(self):
        await self.task


async def custom(awaitable):
    await awaitable


async def ensured():
    inner = asyncio.ensure_future(doze())
    inner.set_name("ensured-inner")
    await inner


class Watcher:
    def ended(self, task):
        pass


async def nested(failed):
    inner = asyncio.gather(sleeper("deep-1"), sleeper("deep-2"), failed, return_exceptions=True)
    await asyncio.gather(asyncio.shield(sleeper("deep-0")), inner)


async def timed():
    await asyncio.wait_for(asyncio.gather(sleeper("timed-inner")), HOUR)


async def declares():
    deep = asyncio.gather(asyncio.shield(sleeper("made-0")), asyncio.gather(sleeper("made-1")))
    pair = sleeper("made-2"), sleeper("made-3")
    await asyncio.Event().wait()
    return deep, pair


async def iterates():
    rest = asyncio.as_completed([sleeper("rest-0"), sleeper("rest-1")])
    await asyncio.Event().wait()
    return rest


async def steps():
    rest = iter(asyncio.as_completed([sleeper("step-0"), sleeper("step-1")]))
    await next(rest)


async def main():
    asyncio.current_task().set_name("main")
    start(custom(Iterates(sleeper("iterated"))), "by-iterator")
    start(custom(Yields(sleeper("yielded"))), "by-generator")
    start(custom(Wraps(sleeper("wrapped"))), "by-coroutine")
    start(ensured(), "ensured")
    watched = sleeper("watched")
    watched.add_done_callback(lambda task: None)
    watched.add_done_callback(Watcher().ended)
    future = asyncio.get_running_loop().create_future()
    for i in range(2):
        start(custom(future), "two-%d" % i)
    failed = start(fails(), "deep-done")
    await asyncio.wait([failed])
    failed.exception()
    start(nested(failed), "nested")
    start(timed(), "timed")
    start(declares(), "declares")
    start(iterates(), "iterates")
    start(steps(), "steps")
    ready.when(
        ready.parked(17, "sleep", "doze"),
        ready.parked(1, "__await__", "custom"),
        ready.parked(1, "waits", "custom"),
        ready.parked(1, "ensured", "ensured"),
        ready.parked(1, "nested", "nested"),
        ready.parked(1, "wait_for", "timed"),
        ready.parked(1, "wait", "declares"),
        ready.parked(1, "wait", "iterates"),
        ready.parked(1, "get", "steps"),
        ready.parked(1, "main", "main"),
        done=[failed],
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
