"""What the samples of asyncio's documentation do, written anew: its pages on
task groups, timeouts, introspection (the tree of albums) and eager tasks.

Needs Python 3.11.

A correct reader says that

    another      and some are in the group that documented_group() opened, which
                 waits for them in its __aexit__
    job          is told to end by terminator, which raised TerminateTaskGroup in
                 the group that terminated() opened, and is cleaning up
    rescheduled  sleeps within timeout(None), rescheduled to an hour from now
    at           sleeps within timeout_at(an hour from now)
    eternity     waits in wait_for for at most an hour
    track-1      is in the group of the album side-1, a task in the group that
                 discography() opened
    began-eagerly  (3.12 on) began as it was created, and sleeps; eager awaits it
    main         waits for a gather of all these
"""

import asyncio
import sys

import ready

HOUR = 3600


async def some_coroutine():
    await asyncio.sleep(2 * HOUR)


async def documented_group():
    async with asyncio.TaskGroup() as group:
        group.create_task(some_coroutine(), name="some")
        group.create_task(some_coroutine(), name="another")


class TerminateTaskGroup(Exception):
    pass


async def force_terminate():
    raise TerminateTaskGroup()


async def job():
    try:
        await asyncio.sleep(2 * HOUR)
    finally:
        await clean_up()


async def clean_up():
    await asyncio.sleep(2 * HOUR)


async def terminated():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(job(), name="job")
            await asyncio.sleep(0)
            group.create_task(force_terminate(), name="terminator")
    except Exception as errors:  # except* is of 3.11
        assert isinstance(errors.exceptions[0], TerminateTaskGroup)


async def rescheduled():
    async with asyncio.timeout(None) as limit:
        limit.reschedule(asyncio.get_running_loop().time() + HOUR)
        await asyncio.sleep(2 * HOUR)


async def at():
    async with asyncio.timeout_at(asyncio.get_running_loop().time() + HOUR):
        await asyncio.sleep(2 * HOUR)


async def eternity():
    await asyncio.sleep(2 * HOUR)


async def wait_for():
    await asyncio.wait_for(eternity(), timeout=HOUR)


async def play(track):
    await asyncio.sleep(2 * HOUR)


async def album(n):
    async with asyncio.TaskGroup() as tracks:
        for i in range(2 * n, 2 * n + 2):
            tracks.create_task(play(i), name="track-%d" % i)


async def discography():
    async with asyncio.TaskGroup() as albums:
        for n in range(2):
            albums.create_task(album(n), name="side-%d" % n)


async def eager():
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    task = asyncio.create_task(some_coroutine(), name="began-eagerly")
    loop.set_task_factory(None)
    await task


async def main():
    asyncio.current_task().set_name("main")
    samples = [documented_group, terminated, rescheduled, at, wait_for, discography]
    naps = 2
    if sys.version_info >= (3, 12):
        samples.append(eager)
        naps = 3
    ready.when(
        ready.parked(naps, "sleep", "some_coroutine"),
        ready.parked(1, "sleep", "clean_up"),
        ready.parked(1, "sleep", "rescheduled"),
        ready.parked(1, "sleep", "at"),
        ready.parked(1, "sleep", "eternity"),
        ready.parked(4, "sleep", "play"),
        ready.parked(1, "main", "main"),
    )
    await asyncio.gather(*(asyncio.create_task(sample(), name=sample.__name__) for sample in samples))


asyncio.run(main())
