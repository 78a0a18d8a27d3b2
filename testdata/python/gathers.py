"""Tasks that await several others.

A correct reader says that

    gather         waits in a gather for child-0 and child-1, which sleep, and
                   child-done, which is done
    outer          waits in a gather of two gathers: of inner-0, inner-1 and of
                   inner-2 (with return_exceptions)
    wait           waits in wait() for wait-0 and wait-1, until the first ends
    wait-all       waits in wait() for wait-1 and wait-2, for at most an hour
    wait-for       waits in wait_for() for wait-for-0
    shield         awaits the shield of shielded
    completed      waits in as_completed for completed-0 and completed-1; one
                   that it was given, completed-done, has been handed out
    declares       waits for an Event. It made a gather of declared-0 and
                   declared-1, and a shield of declared-2, and awaits neither:
                   those tasks have no awaiter
    holds          holds the handle of the task held in a local variable, and
                   sleeps: it does not await it
    twice          is awaited by two gathers: of gather-a and of gather-b
    main           waits for a future that nothing will set
"""

import asyncio

import ready

HOUR = 3600
tasks = []


def start(coroutine, name):
    tasks.append(asyncio.get_running_loop().create_task(coroutine, name=name))
    return tasks[-1]


async def doze():
    await asyncio.sleep(HOUR)


async def nothing():
    pass


def sleeper(name):
    return start(doze(), name)


async def gather(done):
    await asyncio.gather(sleeper("child-0"), done, sleeper("child-1"))


async def gather_gathers():
    first = asyncio.gather(sleeper("inner-0"), sleeper("inner-1"))
    second = asyncio.gather(sleeper("inner-2"), return_exceptions=True)
    await asyncio.gather(first, second)


async def wait(pair, **arguments):
    await asyncio.wait(pair, **arguments)


async def wait_for():
    await asyncio.wait_for(sleeper("wait-for-0"), HOUR)


async def shield():
    await asyncio.shield(sleeper("shielded"))


async def as_completed(done):
    given = [done, sleeper("completed-0"), sleeper("completed-1")]
    for one in asyncio.as_completed(given):
        await one


async def declares():
    gathered = asyncio.gather(sleeper("declared-0"), sleeper("declared-1"))
    shielded = asyncio.shield(sleeper("declared-2"))
    await asyncio.Event().wait()
    await gathered
    await shielded


async def holds():
    handle = sleeper("held")
    await asyncio.sleep(HOUR)
    await handle


async def gather_one(task):
    await asyncio.gather(task)


async def main():
    asyncio.current_task().set_name("main")
    child_done, completed_done = start(nothing(), "child-done"), start(nothing(), "completed-done")
    await asyncio.wait([child_done, completed_done])
    start(gather(child_done), "gather")
    start(gather_gathers(), "outer")
    waited = [sleeper("wait-%d" % i) for i in range(3)]
    start(wait(waited[:2], return_when=asyncio.FIRST_COMPLETED), "wait")
    start(wait(waited[1:], timeout=HOUR), "wait-all")
    start(wait_for(), "wait-for")
    start(shield(), "shield")
    start(as_completed(completed_done), "completed")
    start(declares(), "declares")
    start(holds(), "holds")
    twice = sleeper("twice")
    start(gather_one(twice), "gather-a")
    start(gather_one(twice), "gather-b")
    ready.when(
        ready.parked(17, "sleep", "doze"),
        ready.parked(1, "gather", "gather"),
        ready.parked(1, "gather_gathers", "gather_gathers"),
        ready.parked(2, "_wait", "wait"),
        ready.parked(1, "wait_for", "wait_for"),
        ready.parked(1, "shield", "shield"),
        ready.parked(1, "get", "as_completed"),
        ready.parked(1, "wait", "declares"),
        ready.parked(2, "gather_one", "gather_one"),
        ready.parked(1, "main", "main"),
        done=[child_done, completed_done],
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
