"""Tasks that wait for time, and for something for only so long.

A correct reader says that

    sleep         sleeps for most of an hour
    forever       sleeps for most of a day
    later         waits for a future that a timer of call_later will set in
                  most of an hour
    wait-for      waits in wait_for for a future, for at most most of an hour
    wait-for-task waits in wait_for, for at most an hour, for the call of
                  worker(): before 3.12 that is a task of its own, which
                  wait-for-task awaits; from 3.12 on it is a frame of its own
    unlimited     waits in wait_for for a future, with no limit
    timeout       (3.11 on) waits for a future inside timeout(), which expires
                  in most of an hour
    timeout-at    (3.11 on) the same with timeout_at()
    nested        (3.11 on) waits inside two timeouts: one in an hour, one in two
    no-timeout    (3.11 on) waits inside timeout(None): nothing will end it
    main          waits for a future that nothing will set
"""

import asyncio

import ready

HOUR = 3600


async def sleep(seconds):
    await asyncio.sleep(seconds)


async def later():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(HOUR, future.set_result, None)
    await future


async def wait_for(awaitable, seconds):
    await asyncio.wait_for(awaitable, seconds)


async def worker():
    await asyncio.sleep(2 * HOUR)


async def timeout(seconds):
    async with asyncio.timeout(seconds):
        await asyncio.get_running_loop().create_future()


async def timeout_at(seconds):
    loop = asyncio.get_running_loop()
    async with asyncio.timeout_at(loop.time() + seconds):
        await loop.create_future()


async def nested(seconds):
    async with asyncio.timeout(2 * seconds):
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().create_future()


async def main():
    def start(coroutine, name):
        tasks.append(asyncio.create_task(coroutine, name=name))

    tasks = [asyncio.current_task()]
    tasks[0].set_name("main")
    loop = asyncio.get_running_loop()
    start(sleep(HOUR), "sleep")
    start(sleep(24 * HOUR), "forever")
    start(later(), "later")
    start(wait_for(loop.create_future(), HOUR), "wait-for")
    start(wait_for(worker(), HOUR), "wait-for-task")
    start(wait_for(loop.create_future(), None), "unlimited")
    timeouts = hasattr(asyncio, "timeout")
    if timeouts:
        start(timeout(HOUR), "timeout")
        start(timeout_at(HOUR), "timeout-at")
        start(nested(HOUR), "nested")
        start(timeout(None), "no-timeout")
    ready.when(
        ready.parked(3, "sleep", "sleep"),
        ready.parked(1, "later", "later"),
        ready.parked(1, "sleep", "worker"),
        ready.parked(2 if timeouts else 0, "timeout", "timeout"),
        ready.parked(1 if timeouts else 0, "timeout_at", "timeout_at"),
        ready.parked(1 if timeouts else 0, "nested", "nested"),
        ready.parked(1, "main", "main"),
    )
    await loop.create_future()


asyncio.run(main())
