"""Tasks of a loop in debug mode, which keeps where each was created.

A correct reader says that

    first      was created in starts(), called by starts_both(), called by main
    second     was created by first, in nested(), called by first()
    future     waits for a future that was created in waits()
    origin     has a coroutine, of nap(), that it created in holds() and does
               not await (sys.set_coroutine_origin_tracking_depth is 3)
    main       waits for a future; it was created by asyncio.run
"""

import asyncio

import ready

HOUR = 3600
tasks = []


async def nap():
    await asyncio.sleep(HOUR)


def nested():
    tasks.append(asyncio.create_task(nap(), name="second"))


async def first():
    nested()
    await asyncio.sleep(HOUR)


async def waits():
    await asyncio.get_running_loop().create_future()


async def holds():
    coroutine = nap()
    await asyncio.sleep(HOUR)
    await coroutine


def starts(coroutine, name):
    tasks.append(asyncio.create_task(coroutine, name=name))


def starts_both():
    starts(first(), "first")
    starts(waits(), "future")
    starts(holds(), "origin")


async def main():
    asyncio.current_task().set_name("main")
    tasks.append(asyncio.current_task())
    starts_both()
    ready.when(
        ready.parked(1, "sleep", "first"),
        ready.parked(1, "sleep", "nap"),
        ready.parked(1, "waits", "waits"),
        ready.parked(1, "sleep", "holds"),
        ready.parked(1, "main", "main"),
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(main(), debug=True)
