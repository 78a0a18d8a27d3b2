"""Tasks that wait for what nobody else has, and tasks that do not.

A correct reader says of these, and of no other, that nothing is left that could
wake them (never-set):

    future       waits for a Future that it made itself
    variable     the same, and has it in a variable
    handed       the same, through a function that it is passed to
    python       the same, of a Future written in Python
    event        waits for an Event that it made itself
    queue        gets from a Queue that it made itself

The others wait for what somebody still has:

    kept         it is in a list
    timer        a timer of the loop will set it
    closure      a function that is kept could set it
    object       an object that is kept has it
    cell         a function of the task's own could set it: it is in a cell
    weak         only a weak reference leads there, and could be followed
    thread       a thread has it in a variable
    timed        the wait will be given up
    shared-0, -1  both have it
    gathered     waits for a gather of a Future of its own
    kept-event   the Event is in a list
    kept-queue   the Queue is in a list
    main         waits for a timer
"""

import asyncio
import threading
import weakref

import ready

HOUR = 3600
kept = []
weak = weakref.WeakSet()
tasks = {}


def make():
    return asyncio.get_running_loop().create_future()


async def future():
    await make()


async def variable():
    mine = make()
    await mine


async def through(it):
    await it


async def handed():
    mine = make()
    await through(mine)


async def python():
    await asyncio.futures._PyFuture()


async def event():
    await asyncio.Event().wait()


async def queue():
    mine = asyncio.Queue()
    await mine.get()


async def in_list():
    mine = make()
    kept.append(mine)
    await mine


async def timer():
    mine = make()
    asyncio.get_running_loop().call_later(HOUR, mine.set_result, None)
    await mine


async def closure():
    mine = make()
    kept.append(lambda: mine.set_result(None))
    await mine


class Box:
    pass


async def in_object():
    box = Box()
    box.future = make()
    kept.append(box)
    await box.future


async def cell():
    mine = make()

    def wake():
        mine.set_result(None)

    kept.append(wake)
    await mine


async def weakly():
    mine = make()
    weak.add(mine)
    await mine


async def thread():
    mine = make()
    threading.Thread(target=holds, args=(mine,), name="holds", daemon=True).start()
    await mine


gate = threading.Event()


def holds(it):
    gate.wait()


async def timed():
    await asyncio.wait_for(make(), HOUR)


async def shared(it):
    await it


async def gathered():
    await asyncio.gather(make())


async def kept_event():
    mine = asyncio.Event()
    kept.append(mine)
    await mine.wait()


async def kept_queue():
    mine = asyncio.Queue()
    kept.append(mine)
    await mine.get()


async def main():
    def start(name, coroutine):
        tasks[name] = asyncio.ensure_future(coroutine)
        tasks[name].set_name(name)

    for name, function in {
        "future": future, "variable": variable, "handed": handed, "python": python, "event": event, "queue": queue,
        "kept": in_list, "timer": timer, "closure": closure, "object": in_object, "cell": cell, "weak": weakly,
        "thread": thread, "timed": timed, "gathered": gathered, "kept-event": kept_event, "kept-queue": kept_queue,
    }.items():
        start(name, function())
    both = make()
    start("shared-0", shared(both))
    start("shared-1", shared(both))
    del both
    asyncio.current_task().set_name("main")
    ready.when(
        ready.parked(1, "through", "handed"),
        ready.parked(1, "__await__", "python"),
        ready.parked(1, "wait", "event"),
        ready.parked(1, "wait", "kept_event"),
        ready.parked(1, "get", "queue"),
        ready.parked(1, "get", "kept_queue"),
        ready.parked(1, "wait_for", "timed"),
        ready.parked(2, "shared", "shared"),
        ready.parked(1, "sleep", "main"),
        ready.thread(1, "wait", "holds"),
        *(ready.parked(1, name, name) for name in (
            "future", "variable", "in_list", "timer", "closure", "in_object", "cell", "weakly", "thread", "gathered",
        ))
    )
    await asyncio.sleep(HOUR)


asyncio.run(main())
