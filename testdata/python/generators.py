"""Chains that go through every kind of thing that can be awaited.

A correct reader says that each task's frames are, innermost first

    async-for      sleep, numbers (an async generator), async_for
    nested-agens   sleep, numbers, squares, async_for
    asend          sleep, echo, asend
    athrow         sleep, cleanup, athrow: the generator was thrown into
    aclose         sleep, closing, aclose: the generator is being closed
    comprehension  sleep, numbers, (before 3.12 the comprehension's own
                   frame,) comprehension
    anext          sleep, numbers, next_of: anext() is a function of 3.10 on
    anext-default  the same through anext() with a default
    generator      sleep, by_generator: __await__ is a generator function
    wrapper        sleep, by_wrapper: __await__ returns coroutine.__await__()
    types          sleep, old_style, modern: old_style is a types.coroutine
    delegate       sleep, old_style, delegates, modern: two of these
    iterator       waits for a future by an iterator of its own class: the
                   chain ends in by_iterator, and names the class Steps
    suspended      has two generators that are suspended at a yield and are
                   not run: they are no part of its chain
    manager        sleep, manager: it stands in the body of an
                   asynccontextmanager called opened, which is no part of it
    entering       sleep, entered, (the manager's) __aenter__, enters
    leaving        sleep, left, __aexit__, leaves
    main           waits for a future that nothing will set
"""

import asyncio
import contextlib
import types

import ready

HOUR = 3600


async def numbers(n):
    for i in range(n):
        yield i
    await asyncio.sleep(HOUR)


async def squares(n):
    async for i in numbers(n):
        yield i * i


async def async_for(source):
    async for _ in source:
        pass


async def echo():
    got = yield
    while True:
        await asyncio.sleep(HOUR)
        got = yield got


async def asend():
    generator = echo()
    await generator.asend(None)
    await generator.asend("hello")


async def cleanup():
    try:
        yield
    except KeyError:
        await asyncio.sleep(HOUR)


async def athrow():
    generator = cleanup()
    await generator.asend(None)
    await generator.athrow(KeyError("thrown"))


async def closing():
    try:
        yield
    finally:
        await asyncio.sleep(HOUR)


async def aclose():
    generator = closing()
    await generator.asend(None)
    await generator.aclose()


async def comprehension():
    return [i async for i in numbers(2)]


async def next_of(*default):
    await anext(numbers(0), *default)  # noqa: F821, of 3.10 on


class ByGenerator:
    def __await__(self):
        yield from asyncio.sleep(HOUR).__await__()


class ByWrapper:
    def __await__(self):
        return asyncio.sleep(HOUR).__await__()


class Steps:
    def __init__(self, future):
        self.steps = future.__await__()

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.steps)


async def by_generator():
    await ByGenerator()


async def by_wrapper():
    await ByWrapper()


async def by_iterator():
    await Steps(asyncio.get_running_loop().create_future())


@types.coroutine
def old_style():
    yield from asyncio.sleep(HOUR).__await__()


@types.coroutine
def delegates():
    yield from old_style()


async def modern(old):
    await old()


async def suspended():
    async def aside():
        yield 1
        yield 2

    def plain():
        yield 1
        yield 2

    first, second = aside(), plain()
    await first.asend(None)
    next(second)
    await asyncio.sleep(HOUR)
    del first, second


@contextlib.asynccontextmanager
async def opened():
    yield


@contextlib.asynccontextmanager
async def entered():
    await asyncio.sleep(HOUR)
    yield


@contextlib.asynccontextmanager
async def left():
    yield
    await asyncio.sleep(HOUR)


async def manager():
    async with opened():
        await asyncio.sleep(HOUR)


async def enters():
    async with entered():
        pass


async def leaves():
    async with left():
        pass


async def main():
    def start(coroutine, name):
        tasks.append(asyncio.create_task(coroutine, name=name))

    tasks = [asyncio.current_task()]
    tasks[0].set_name("main")
    start(async_for(numbers(2)), "async-for")
    start(async_for(squares(2)), "nested-agens")
    start(asend(), "asend")
    start(athrow(), "athrow")
    start(aclose(), "aclose")
    start(comprehension(), "comprehension")
    anexts = 0
    try:
        anext  # noqa: B018
    except NameError:
        pass
    else:
        anexts = 2
        start(next_of(), "anext")
        start(next_of("default"), "anext-default")
    start(by_generator(), "generator")
    start(by_wrapper(), "wrapper")
    start(modern(old_style), "types")
    start(modern(delegates), "delegate")
    start(by_iterator(), "iterator")
    start(suspended(), "suspended")
    start(manager(), "manager")
    start(enters(), "entering")
    start(leaves(), "leaving")
    ready.when(
        ready.parked(2, "sleep", "async_for"),
        ready.parked(1, "sleep", "squares"),
        ready.parked(1, "sleep", "asend"),
        ready.parked(1, "sleep", "athrow"),
        ready.parked(1, "sleep", "aclose"),
        ready.parked(1, "sleep", "comprehension"),
        ready.parked(anexts, "sleep", "next_of"),
        ready.parked(1, "sleep", "by_generator"),
        ready.parked(1, "sleep", "by_wrapper"),
        ready.parked(2, "sleep", "modern"),
        ready.parked(1, "by_iterator", "by_iterator"),
        ready.parked(1, "sleep", "suspended"),
        ready.parked(1, "sleep", "manager"),
        ready.parked(1, "sleep", "enters"),
        ready.parked(1, "sleep", "leaves"),
        ready.parked(1, "main", "main"),
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
