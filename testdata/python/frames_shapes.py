"""Tasks that wait through everything that Python puts between a coroutine and
what it awaits, with every kind of variable, and threads that block in calls.

A correct reader says of each task and thread what the command "frames" says:
functions, places and variables of its chain, from the outermost to the leaf.
Of those that a call blocks the interpreter tells the thread alone:

    running   stands in running, Server.serve, Server.take, called through C
    parent    (3.12) has started child, which runs at once: eagerly_started is
              no part of its chain, and stands in block
"""

import asyncio
import functools
import json
import sys
import threading
import traceback
import types

import ready

HOUR = 3600
never = threading.Lock()
never.acquire()


# --- async generators, and what drives them


async def numbers(first):
    try:
        await asyncio.sleep(HOUR if first else 0)
        yield first
        await asyncio.sleep(HOUR)
        yield first + 1
    except KeyError:
        await asyncio.sleep(HOUR)
    finally:
        await asyncio.sleep(HOUR)


async def async_for():
    async for number in numbers(1):
        print(number)


async def async_for_twice():
    async for x in (n async for n in numbers(0)):
        await asyncio.sleep(0)


async def asend():
    generator = numbers(0)
    await generator.__anext__()
    await generator.asend("sent")


async def athrow():
    generator = numbers(0)
    await generator.__anext__()
    await generator.athrow(KeyError("thrown"))


async def aclose():
    generator = numbers(0)
    await generator.__anext__()
    await generator.aclose()


async def next_one():
    await anext(numbers(1))


async def next_or_default():
    await anext(numbers(1), None)


# --- generators that are awaited


@types.coroutine
def generator_based():
    yield from asyncio.sleep(HOUR)


async def through_generator():
    await generator_based()


class ByGenerator:
    def __await__(self):
        return (yield from asyncio.sleep(HOUR).__await__())


class ByWrapper:
    def __await__(self):
        return asyncio.sleep(HOUR).__await__()


class ByFuture:
    def __init__(self):
        self.future = asyncio.get_running_loop().create_future()

    def __await__(self):
        return self.future.__await__()


class ByIterator:
    """Its __next__ is of Python, but it is no generator: it has no frame."""

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        future = asyncio.get_running_loop().create_future()
        future._asyncio_future_blocking = True
        return future


async def by(awaitable):
    await awaitable()


async def python_future():
    await asyncio.futures._PyFuture(loop=asyncio.get_running_loop())


# --- places and variables


async def variables(positional, *args, keyword=5, captured=None, **kwargs):
    text, number, nothing = "text", 1 << 80, None
    gone = 7
    unset = lambda: later
    inner = lambda: (captured, positional, text)
    del gone

    async def nested(own):
        both = (own, captured, number)
        await asyncio.sleep(
            HOUR,
            both,
        )

    await nested("owned")
    later = unset, inner


class Server:
    def __init__(self):
        self.name = "server"

    async def start(self):
        def name():
            return self.name

        await asyncio.gather(self.handle(name), return_exceptions=True)

    async def handle(self, name):
        await asyncio.sleep(HOUR, result=name)

    def serve(self):
        return max([3, 1], key=self.take)  # through C

    def take(self, item):
        return self.make(item)

    @classmethod
    def make(cls, item):
        return cls.block()

    @staticmethod
    def block():
        never.acquire()


async def comprehension():
    n = "outer"
    await asyncio.sleep(0)
    values = [n for n in range(3)]
    await asyncio.sleep(0)
    return [await asyncio.sleep(HOUR if n == 2 else 0, values) for n in range(3)]


async def long_lines():
    data = {
        "a": 1,
        "b": [x for x in range(10)],

        "c": await asyncio.sleep(
            0
        ),
        "d": (
            await asyncio.sleep(HOUR)
        ),
    }
    return data


def wraps(function):
    @functools.wraps(function)
    async def wrapper(*args):
        return await function(*args)

    return wrapper


@wraps
async def wrapped(n):
    if n:
        await wrapped(n - 1)
    else:
        await asyncio.sleep(HOUR)


async def handler():
    try:
        raise KeyError(1)
    except KeyError:
        for i in range(3):
            await asyncio.sleep(HOUR * i)


async def not_begun():
    pass


async def eternal(awaitable):
    await awaitable


# --- threads


def produce():
    for i in range(3):
        never.acquire()
        yield i


def consume():
    for i in produce():
        print(i)


class Raises:
    def raises(self, n):
        if n:
            self.raises(n - 1)
        raise KeyError(n)

    @classmethod
    def caught(cls):
        try:
            sorted([2, 1], key=cls().raises)
        except KeyError as error:
            return error


async def running():
    Server().serve()


async def eagerly_started():
    Server.block()


async def parent():
    asyncio.create_task(eagerly_started(), name="child")


def own_loop():
    asyncio.run(eternal_running())


async def eternal_running():
    asyncio.current_task().set_name("running")
    await running()


def eager_loop():
    async def start():
        asyncio.current_task().set_name("parent")
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        await parent()

    asyncio.run(start())


# --- what it knows of itself


def frame(f, qualname=None):
    out = ready.place(f, qualname)
    out["offset"] = f.f_lasti
    if f.f_code.co_flags & 1:
        out["locals"] = {name: id(value) for name, value in f.f_locals.items()}
    return out


def frames():
    tasks = {}
    for name, task in named.items():
        chain = list(ready.awaited(task.get_coro()))
        leaf = chain[-1]
        tasks[name] = {
            "coroutine": id(task.get_coro()),
            "chain": [frame(ready.frame_of(a), a.__qualname__) for a in chain if ready.code_of(a)],
            "leaf": id(leaf),
            "leaf_type": ready.type_name(leaf),
        }
    threads = {}
    for ident, f in sys._current_frames().items():
        if ident == threading.get_ident():
            continue
        threads[ident] = []
        while f is not None:
            threads[ident].append(frame(f))
            f = f.f_back
    created = {"coroutine": id(unawaited), "chain": [frame(unawaited.cr_frame, unawaited.__qualname__)]}
    running = {}
    for loop in blocked:
        for task in asyncio.all_tasks(loop):
            running[task.get_name()] = id(task.get_coro())
    for task in getattr(asyncio.tasks, "_eager_tasks", ()):
        running["child"] = id(task.get_coro())
    raised = [(f.name, f.filename, f.lineno) for f in traceback.extract_tb(error.__traceback__)]
    return json.dumps(
        {
            "tasks": tasks,
            "threads": threads,
            "created": created,
            "running": running,
            "done": id(over),
            "traceback": id(error.__traceback__),
            "raised": raised,
            "tracked": id(tracked),
            "origin": [(name, file, line) for file, line, name in tracked.cr_origin],
        }
    )


named = {}
blocked = []
unawaited = not_begun()
over = not_begun()
error = Raises.caught()
sys.set_coroutine_origin_tracking_depth(3)
tracked = (lambda: not_begun())()
sys.set_coroutine_origin_tracking_depth(0)
try:
    over.send(None)
except StopIteration:
    pass


def start(name, coroutine):
    named[name] = asyncio.get_running_loop().create_task(coroutine, name=name)


def block(target):
    thread = threading.Thread(target=target, name=target.__name__, daemon=True)
    thread.start()


def loops_blocked(n):
    """Wants n loops in threads that stand in Server.block."""

    def condition():
        stacks = [f for f in sys._current_frames().values() if f.f_code is Server.block.__code__]
        found = []
        for f in stacks:
            while f is not None:
                if isinstance(f.f_locals.get("self"), asyncio.BaseEventLoop):
                    found.append(f.f_locals["self"])
                    break
                f = f.f_back
        blocked[:] = found
        return len(found) == n

    return ready.holds(condition)


async def main():
    for function in (async_for, async_for_twice, asend, athrow, aclose, through_generator, python_future, comprehension, long_lines, handler):
        start(function.__name__, function())
    if sys.version_info >= (3, 10):
        start("next_one", next_one())
        start("next_or_default", next_or_default())
    for awaitable in (ByGenerator, ByWrapper, ByFuture, ByIterator):
        start(awaitable.__name__, by(awaitable))
    start("variables", variables("p", 1, 2, keyword=8, captured="c", other="o"))
    start("server", Server().start())
    start("wrapped", wrapped(2))
    start("event", eternal(asyncio.Event().wait()))

    block(consume)
    block(own_loop)
    if sys.version_info >= (3, 12):
        block(eager_loop)
    ready.on("frames", frames)
    ready.when(
        ready.holds(lambda: all(task._fut_waiter is not None for task in named.values())),
        loops_blocked(2 if sys.version_info >= (3, 12) else 1),
        ready.thread(1, "produce", "consume"),
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
