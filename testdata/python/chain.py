"""Tasks that await each other, by themselves and through gather: the code
samples of https://github.com/python/cpython/issues/91048, written anew.

A correct reader says that

    f4-ensured   sleeps in f4, called by f3; f2 awaits it, called by f1 of the
                 task f1-ensured: the logical backtrace of f4-ensured is
                 sleep, f4, f3, f2, f1
    f4-gathered  the same, but g2 awaits it in a gather with f4-sibling:
                 sleep, f4, f3, g2, g1
    shared       is awaited by three tasks, awaiter-0 to awaiter-2: three paths
    deep         is 200 calls of deep() deep, and ends in sleep
    link-0       awaits link-1, which awaits link-2, and so on up to link-9,
                 which sleeps: the logical backtrace of link-9 has ten link()
    main         waits for a future that nothing will set
"""

import asyncio

import ready

HOUR = 3600


async def f4():
    await asyncio.sleep(HOUR)


async def f3():
    await f4()


async def f2():
    await asyncio.ensure_future(named(f3(), "f4-ensured"))


async def f1():
    await f2()


async def g2():
    await asyncio.gather(named(f3(), "f4-gathered"), named(f3(), "f4-sibling"))


async def g1():
    await g2()


async def shared():
    await asyncio.sleep(HOUR)


async def awaiter(task):
    await task


async def deep(n):
    if n > 1:
        await deep(n - 1)
    else:
        await asyncio.sleep(HOUR)


async def link(n):
    if n < 9:
        await named(link(n + 1), "link-%d" % (n + 1))
    else:
        await asyncio.sleep(HOUR)


def named(coroutine, name):
    return asyncio.get_running_loop().create_task(coroutine, name=name)


async def main():
    asyncio.current_task().set_name("main")
    common = named(shared(), "shared")
    tasks = [
        named(f1(), "f1-ensured"),
        named(g1(), "g1-gathered"),
        common,
        *[named(awaiter(common), "awaiter-%d" % i) for i in range(3)],
        named(deep(200), "deep"),
        named(link(0), "link-0"),
    ]
    ready.when(
        ready.parked(3, "sleep", "f4"),
        ready.parked(1, "f2", "f1"),
        ready.parked(1, "g2", "g1"),
        ready.parked(1, "sleep", "shared"),
        ready.parked(3, "awaiter", "awaiter"),
        ready.parked(1, "sleep", "deep"),
        ready.parked(9, "link", "link"),
        ready.parked(1, "sleep", "link"),
        ready.parked(1, "main", "main"),
    )
    await asyncio.get_running_loop().create_future()
    del tasks


asyncio.run(main())
