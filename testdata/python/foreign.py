"""Tasks of libraries that are not asyncio's, and code that is not Python's.

Needs aiotools, greenlet, and compiled.pyx beside it, built with Cython.

A correct reader says that

    kept-0, kept-1  are in a PersistentTaskGroup that opens() opened
    leaver          waits for another one, which has left-child in it
    watched         is in a Supervisor that supervises() opened
    plain           awaits compiled.outer, that compiled.inner, and that sleep
    alone           runs compiled.outer as its own coroutine
    main            waits for a gather; a greenlet is parked, and that is said
"""

import asyncio

import ready  # and aiotools: tests of all programs leave this one out
import aiotools
import compiled
import greenlet

HOUR = 3600


async def work():
    await asyncio.sleep(HOUR)


async def opens():
    async with aiotools.PersistentTaskGroup() as group:
        for i in range(2):
            group.create_task(work(), name="kept-%d" % i)
        await asyncio.sleep(HOUR)


async def leaves():
    async with aiotools.PersistentTaskGroup() as group:
        group.create_task(work(), name="left-child")


async def supervises():
    async with aiotools.Supervisor() as supervisor:
        supervisor.create_task(work(), name="watched")
        await asyncio.sleep(HOUR)


async def awaits(awaitable):
    await awaitable


def parks():
    greenlet.getcurrent().parent.switch()


async def main():
    asyncio.current_task().set_name("main")
    waits = {"opener": opens(), "leaver": leaves(), "supervisor": supervises()}
    waits.update(plain=awaits(compiled.outer()), alone=compiled.outer())
    parked = greenlet.greenlet(parks)
    parked.switch()
    tasks = [asyncio.create_task(wait, name=name) for name, wait in waits.items()]
    ready.when(
        ready.parked(4, "sleep", "work"),
        ready.parked(1, "sleep", "opens"),
        ready.parked(1, "sleep", "supervises"),
        ready.holds(lambda: all(task._fut_waiter for task in tasks)),
        ready.parked(1, "main", "main"),
    )
    await asyncio.gather(*tasks)


asyncio.run(main())
