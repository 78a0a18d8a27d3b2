"""Tasks and threads that stand in with statements of every kind: in the body,
on the way in, on the way out, after an exception and without one.

A correct reader finds in each frame the managers that the command "managers"
tells: the object, whether the body runs (inside) or it is being entered or
left, and the line of the statement, which has a comment with a name. What a
frame of contextlib's has is not told.

    argument  has a bound method __exit__ among its values, and no with
"""

import asyncio
import contextlib
import json
import os
import sys
import threading

import ready

HOUR = 3600
never = threading.Lock()
never.acquire()


class Manager:
    """Waits where it is told to."""

    def __init__(self, place=None):
        self.place = place

    async def wait(self, place):
        if self.place == place:
            await asyncio.sleep(HOUR)

    async def __aenter__(self):
        await self.wait("aenter")
        return self

    async def __aexit__(self, *exc):
        await self.wait("aexit")

    def __enter__(self):
        if self.place == "enter":
            never.acquire()
        return self

    def __exit__(self, *exc):
        if self.place == "exit":
            never.acquire()


class Derived(Manager):
    async def __aenter__(self):
        return await super().__aenter__()


class Plain:
    """Its methods return futures: nothing of Python runs while it is entered."""

    def __init__(self):
        self.future = asyncio.get_running_loop().create_future()

    def __aenter__(self):
        return self.future

    def __aexit__(self, *exc):
        return self.future


expected = {}  # by name of the task or thread, outermost frame first


def expect(name, function, line, manager, state="inside", is_async=True, within=-1):
    expected.setdefault(name, []).append(
        {
            "function": function,
            "line": lines.get(line, 0),
            "object": id(manager),
            "state": state,
            "async": is_async,
            "within": within,
        }
    )
    kept.append(manager)
    return manager


kept = []
with open(__file__) as source:
    lines = {line.split(":  # ")[1].strip(): n for n, line in enumerate(source, 1) if ":  # " in line}


# --- tasks


async def holder(lock):
    async with expect("holder", "holder", "holder", lock):  # holder
        await asyncio.sleep(HOUR)


async def waiter(lock):
    async with expect("waiter", "waiter", "waiter", lock, "entering"):  # waiter
        await asyncio.sleep(HOUR)


async def semaphore():
    async with expect("semaphore", "semaphore", "semaphore", asyncio.Semaphore(2)):  # semaphore
        await asyncio.sleep(HOUR)


async def exiting():
    async with expect("exiting", "exiting", "exiting", Manager("aexit"), "exiting"):  # exiting
        pass


async def failing():
    async with expect("failing", "failing", "failing", Manager("aexit"), "exiting"):  # failing
        raise KeyError


async def returning():
    for i in range(3):
        async with expect("returning", "returning", "returning", Manager("aexit"), "exiting"):  # returning
            return i


async def derived():
    async with expect("derived", "derived", "derived", Derived("aenter"), "entering"):  # derived
        pass


async def plain():
    async with expect("plain", "plain", "plain", Plain(), "entering"):  # plain
        pass


async def nested():
    async with expect("nested", "nested", "nested a", Manager()):  # nested a
        for i in range(3):
            with expect("nested", "nested", "nested b", Manager(), is_async=False):  # nested b
                try:
                    async with expect("nested", "nested", "nested c", Manager()):  # nested c
                        try:
                            print("", end=str(await asyncio.sleep(HOUR)))
                        finally:
                            i += 1
                except KeyError:
                    pass


async def caught():
    async with expect("caught", "caught", "caught a", Manager()):  # caught a
        try:
            raise KeyError
        except KeyError:
            with expect("caught", "caught", "caught b", Manager(), is_async=False):  # caught b
                try:
                    raise ValueError
                finally:
                    await asyncio.sleep(HOUR)


async def after():
    async with Manager():
        pass
    with Manager():
        pass
    await asyncio.sleep(HOUR)


async def of_c():
    with expect("of_c", "of_c", "of_c a", threading.Lock(), is_async=False):  # of_c a
        with expect("of_c", "of_c", "of_c b", open(os.devnull), is_async=False):  # of_c b
            await asyncio.sleep(HOUR)


async def calls():
    async with expect("calls", "calls", "calls", Manager()):  # calls
        await called()


async def called():
    with expect("calls", "called", "called", Manager(), is_async=False):  # called
        async for _ in generating():
            pass


async def generating():
    async with expect("calls", "generating", "generating", Manager()):  # generating
        await asyncio.sleep(HOUR)
        yield


@contextlib.asynccontextmanager
async def wrapper():
    async with expect("wrapped", "wrapper", "wrapper", Manager(), within=0):  # wrapper
        yield


async def wrapped():
    async with expect("wrapped", "wrapped", "wrapped", wrapper()):  # wrapped
        await asyncio.sleep(HOUR)


@contextlib.contextmanager
def sync_wrapper():
    with expect("sync_wrapped", "sync_wrapper", "sync wrapper", Manager(), is_async=False, within=0):  # sync wrapper
        yield


async def sync_wrapped():
    with expect("sync_wrapped", "sync_wrapped", "sync wrapped", sync_wrapper(), is_async=False):  # sync wrapped
        await asyncio.sleep(HOUR)


@contextlib.contextmanager
def delegating():
    with expect("delegated", "delegating", "delegating", Manager(), is_async=False, within=0):  # delegating
        yield from delegate()


def delegate():
    with expect("delegated", "delegate", "delegate", Manager(), is_async=False, within=0):  # delegate
        yield


async def delegated():
    with expect("delegated", "delegated", "delegated", delegating(), is_async=False):  # delegated
        await asyncio.sleep(HOUR)


async def stacked():
    async with expect("stacked", "stacked", "stacked", contextlib.AsyncExitStack()) as stack:  # stacked
        await stack.enter_async_context(expect("stacked", "stacked", None, Manager(), within=0))
        stack.enter_context(expect("stacked", "stacked", None, Manager(), is_async=False, within=0))
        stack.callback(print)
        stack.enter_context(expect("stacked", "stacked", None, threading.Lock(), is_async=False, within=0))
        await asyncio.sleep(HOUR)


async def argument():
    print(Manager().__exit__, await asyncio.sleep(HOUR))


async def grouped():
    async with expect("grouped", "grouped", "grouped", asyncio.TaskGroup()) as group:  # grouped
        group.create_task(asyncio.sleep(HOUR))
        await asyncio.sleep(HOUR)


async def joining():
    async with expect("joining", "joining", "joining", asyncio.TaskGroup(), "exiting") as group:  # joining
        group.create_task(asyncio.sleep(HOUR))


# --- threads


def blocked():
    with expect("blocked", "blocked", "blocked a", Manager(), is_async=False):  # blocked a
        for _ in range(2):
            with expect("blocked", "blocked", "blocked b", threading.Lock(), is_async=False):  # blocked b
                block()


def block():
    with expect("blocked", "block", "block", Manager(), is_async=False):  # block
        never.acquire()


def entering():
    with expect("entering", "entering", "entering", Manager("enter"), "entering", is_async=False):  # entering
        pass


def leaving():
    with expect("leaving", "leaving", "leaving", Manager("exit"), "exiting", is_async=False):  # leaving
        pass


def loop_blocked():
    asyncio.run(blocks_loop())


async def blocks_loop():
    async with expect("loop_blocked", "blocks_loop", "blocks_loop", Manager()):  # blocks_loop
        never.acquire()


named = {}


def managers():
    return json.dumps(
        {
            "tasks": {name: {"coroutine": id(task.get_coro()), "managers": expected.get(name, [])} for name, task in named.items()},
            "threads": {t.ident: expected[t.name] for t in threading.enumerate() if t.name in expected},
        }
    )


async def main():
    lock = asyncio.Lock()
    for function in (holder, waiter):
        named[function.__name__] = asyncio.create_task(function(lock), name=function.__name__)
        await asyncio.sleep(0)
    functions = [semaphore, exiting, failing, returning, derived, plain, nested, caught, after, of_c]
    functions += [calls, wrapped, sync_wrapped, delegated, stacked, argument]
    if sys.version_info >= (3, 11):
        functions += [grouped, joining]
    for function in functions:
        named[function.__name__] = asyncio.create_task(function(), name=function.__name__)
    for function in (blocked, entering, leaving, loop_blocked):
        threading.Thread(target=function, name=function.__name__, daemon=True).start()
    ready.on("managers", managers)
    ready.when(
        ready.holds(lambda: all(task._fut_waiter is not None for task in named.values())),
        ready.thread(1, "block", "blocked"),
        ready.thread(1, "__enter__", "entering"),
        ready.thread(1, "__exit__", "leaving"),
        ready.thread(1, "blocks_loop", "loop_blocked"),
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
