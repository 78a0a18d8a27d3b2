"""Tasks that wait for plain futures, and for each other in a circle.

A correct reader says that

    plain        waits for a Future that nobody is known to set
    python       waits for an asyncio.futures._PyFuture, whose __await__ is a
                 frame of its own
    custom       waits for a Future of a subclass, Ticket
    ping, pong   wait for each other: a deadlock, proven
    ring-0, -1, -2  wait for each other in a circle, the last through a gather
    onlooker     waits for ping: it is behind the deadlock, and not in it
    self-gather  waits for a gather of which it is a member itself
    done-soon    holds a future that is done in a local variable, and waits
                 for one that is not
    main         waits for a future that nothing will set
"""

import asyncio

import ready

tasks = {}


class Ticket(asyncio.Future):
    pass


async def plain(future):
    await future


async def other(name):
    await tasks[name]


async def gathered(name):
    await asyncio.gather(tasks[name])


async def holds_done(done, pending):
    await done
    await pending


async def main():
    def start(coroutine, name):
        tasks[name] = asyncio.create_task(coroutine, name=name)

    asyncio.current_task().set_name("main")
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    done.set_result("ready")
    start(plain(loop.create_future()), "plain")
    start(plain(asyncio.futures._PyFuture(loop=loop)), "python")
    start(plain(Ticket(loop=loop)), "custom")
    start(other("pong"), "ping")
    start(other("ping"), "pong")
    start(other("ring-1"), "ring-0")
    start(other("ring-2"), "ring-1")
    start(gathered("ring-0"), "ring-2")
    start(other("ping"), "onlooker")
    start(gathered("self-gather"), "self-gather")
    start(holds_done(done, loop.create_future()), "done-soon")
    ready.when(
        ready.parked(2, "plain", "plain"),
        ready.parked(1, "__await__", "plain"),
        ready.parked(5, "other", "other"),
        ready.parked(2, "gathered", "gathered"),
        ready.parked(1, "holds_done", "holds_done"),
        ready.parked(1, "main", "main"),
    )
    await loop.create_future()


asyncio.run(main())
