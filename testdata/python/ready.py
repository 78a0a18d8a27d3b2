"""Lets a target program say READY at the right moment: when every task stands
where the program wants it.

A thread named "ready" looks, without keeping any loop busy, and then answers
the lines that come on standard input:

    ping     pong
    stack    what asyncio itself knows, as JSON: see oracle()
    time     how long that took, in nanoseconds, and the number of tasks
    NAME     what on(NAME) was given returned, or ok when that is nothing

An answer is a line "ANSWER n" and n bytes. The program ends with its standard
input. On SIGQUIT it says on standard error where its threads stand, and dies.

Until READY is said tasks are looked at through their code objects alone: to
ask for a frame makes a frame object, which tasks that nobody looked at lack.
"""

import asyncio
import faulthandler
import gc
import inspect
import json
import os
import signal
import sys
import threading
import time
import traceback

loops = []  # those that are looked at
kept = []  # tasks that are done, which no loop lists
commands = {}


class Want:
    """What must hold of the tasks or threads: a number of them that stand in
    a function named leaf, called from function; or any condition."""

    def __init__(self, what, n=0, leaf="", function="", condition=None):
        self.what, self.n, self.leaf, self.function = what, n, leaf, function
        self.condition = condition

    def __repr__(self):
        return "%d %s in %s, called from %s" % (self.n, self.what, self.leaf, self.function)

    def reached(self, chains):
        if self.condition:
            return self.condition()
        return self.n == sum(chain[0] == self.leaf and self.function in chain for chain in chains)


def parked(n, leaf, function):
    """Wants n tasks whose innermost frame is of a function named leaf, with a
    function of that (qualified) name in their chain."""
    return Want("tasks", n, leaf, function)


def thread(n, leaf, function):
    """Wants n threads that stand in a function named leaf, called from function."""
    return Want("threads", n, leaf, function)


def holds(condition):
    """Wants that a function without arguments returns what is true."""
    return Want("conditions", condition=condition)


def watch(loop=None):
    """Has one more loop looked at. when() does so with the running one."""
    loops.append(loop or asyncio.get_running_loop())


def on(name, action):
    """Has an action run, in the thread named ready, when that line comes."""
    commands[name] = action


def when(*wants, done=(), blocked=()):
    """Says READY once all that is wanted holds and no loop has anything left
    to do, and then serves. It returns at once: what is wanted may be of the
    caller itself. Loops that a call blocks are not waited for. Tasks that are
    done are in the oracle if they are given here."""
    try:
        watch()
    except RuntimeError:
        pass  # the program's loops run in other threads
    kept.extend(done)
    faulthandler.register(signal.SIGQUIT, chain=True)
    threading.Thread(target=serve, args=(wants, blocked), name="ready", daemon=True).start()


def serve(wants, blocked):
    begin = time.monotonic()
    while not (missing(wants) is None and idle(blocked) and missing(wants) is None):
        time.sleep(0.001)  # so as not to keep a processor that those awaited need
        if begin and time.monotonic() - begin > 5:
            begin = None  # it is said once, and nothing hangs on it
            print("not ready:", str(missing(wants))[:4000], file=sys.stderr, flush=True)
    gc.collect()
    write(b"READY\n")
    for line in sys.stdin:
        try:
            text = answer(line.strip()).encode()
        except Exception:  # nobody is to wait for an answer that does not come
            text = traceback.format_exc().encode()
        write(b"ANSWER %d\n" % len(text))
        write(text)
    os._exit(0)


def write(data):
    while data:
        data = data[os.write(1, data) :]


def answer(command):
    if command == "ping":
        return "pong"
    if command == "stack":
        return json.dumps(oracle())
    if command == "time":
        begin = time.perf_counter_ns()
        n = sum(len(described["tasks"]) for described in oracle()["loops"])
        return "%d %d" % (time.perf_counter_ns() - begin, n)
    return commands[command]() or "ok"


def missing(wants):
    """Returns a want that does not hold, with what stands where; None: all do."""
    chains = {"tasks": [names(task) for loop in loops for task in tasks_of(loop)]}
    if any(want.what == "threads" for want in wants):
        chains["threads"] = [thread_names(frame) for frame in sys._current_frames().values()]
    for want in wants:
        if not want.reached(chains.get(want.what)):
            return want, chains
    return None


def idle(blocked):
    """Whether no loop has anything left to do, once each has gone around."""
    for loop in loops:
        if loop in blocked:
            continue
        around = threading.Event()

        def again(n, loop=loop, around=around):
            if n == 0:
                around.set()
            else:
                loop.call_soon(again, n - 1)

        loop.call_soon_threadsafe(again, 3)
        around.wait()
    return all(loop in blocked or not getattr(loop, "_ready", None) for loop in loops)


def tasks_of(loop):
    """The tasks of a loop that are not done. From 3.14 on all_tasks() leaves
    out those of pure Python, which are in a set of their own."""
    tasks = asyncio.all_tasks(loop)
    if sys.version_info >= (3, 14):
        tasks |= {task for task in asyncio.tasks._scheduled_tasks if task.get_loop() is loop and not task.done()}
    return tasks


def names(task):
    """The functions of a task's chain, innermost first, by both their names."""
    chain = []
    for awaitable in reversed(list(awaited(task.get_coro()))):
        code = code_of(awaitable)
        if code is not None:
            chain += [code.co_name, awaitable.__qualname__]
    return chain or [None]


def thread_names(frame):
    chain = []
    while frame is not None:
        chain.append(frame.f_code.co_name)
        frame = frame.f_back
    return chain


def awaited(awaitable):
    """A coroutine and what it awaits, outermost first, as far as it goes."""
    seen = set()
    while awaitable is not None and id(awaitable) not in seen:
        seen.add(id(awaitable))
        yield awaitable
        awaitable = next_of(awaitable)


def next_of(awaitable):
    for attribute in ("cr_await", "ag_await", "gi_yieldfrom"):
        if hasattr(awaitable, attribute):
            return getattr(awaitable, attribute)
    # What async generators and __await__ put between has no attributes. The
    # first thing that it refers to is what it drives.
    if type(awaitable).__module__ == "builtins" or type(awaitable).__name__ == "FutureIter":
        for referent in gc.get_referents(awaitable):
            if type(referent).__name__ in BETWEEN or asyncio.isfuture(referent):
                return referent
    return None


BETWEEN = {
    "coroutine",
    "generator",
    "async_generator",
    "async_generator_asend",
    "async_generator_athrow",
    "coroutine_wrapper",
    "anext_awaitable",
}


def code_of(awaitable):
    for attribute in ("cr_code", "ag_code", "gi_code"):
        if hasattr(awaitable, attribute):
            return getattr(awaitable, attribute)
    return None


def frame_of(awaitable):
    for attribute in ("cr_frame", "ag_frame", "gi_frame"):
        if hasattr(awaitable, attribute):
            return getattr(awaitable, attribute)
    return None


def oracle():
    """What this interpreter knows of its tasks and threads:

    loops    type, thread (native id, None when it does not run), tasks
    tasks    id, name, type, state, loop, chain, leaf, waits_for, cancel_requests, error
    error    type, message, retrieved, and the frames of its traceback
    chain    frames, innermost first: function, module, file, line
    leaf     the type of what the chain ends in, and its address
    kept     tasks that are done
    threads  native_id, name, frames
    """
    return {
        "version": "%d.%d.%d" % sys.version_info[:3],
        "pid": os.getpid(),
        "loops": [describe_loop(loop) for loop in loops],
        "kept": [describe(task) for task in kept],
        "threads": describe_threads(),
    }


def describe_loop(loop):
    thread_id = getattr(loop, "_thread_id", None)
    native = {t.ident: t.native_id for t in threading.enumerate()}
    return {
        "id": address(loop),
        "type": type_name(loop),
        "thread": native.get(thread_id),
        "tasks": sorted((describe(task) for task in tasks_of(loop)), key=lambda task: task["name"]),
    }


def describe(task):
    # An eager task that is done has no coroutine; 3.12.1 dies of being asked.
    chain = [] if task.done() else list(awaited(task.get_coro()))
    frames = [place(frame_of(a), a.__qualname__) for a in reversed(chain) if code_of(a) is not None and frame_of(a)]
    waits_for = task._fut_waiter
    return {
        "id": address(task),
        "name": task.get_name(),
        "type": type_name(task),
        "state": state(task),
        "chain": frames,
        "leaf": pointer(chain[-1]) if chain else None,
        "waits_for": pointer(waits_for),
        "cancel_requests": task.cancelling() if hasattr(task, "cancelling") else 0,
        "error": error(task),
    }


def state(task):
    if not task.done():
        began = inspect.getcoroutinestate(task.get_coro())
        # One that another has interrupted, as it was started eagerly, runs too.
        if task is asyncio.current_task(task.get_loop()) or began == inspect.CORO_RUNNING:
            return "running"
        return "created" if began == inspect.CORO_CREATED else "pending"
    if task.cancelled():
        return "cancelled"
    return "failed" if task._exception is not None else "done"


def error(task):
    """Asks without making the exception one that was retrieved."""
    exception = task._exception if task.done() and not task.cancelled() else None
    if exception is None:
        return None
    tb = exception.__traceback__
    # 3.12.1 dies of being asked for the coroutine of an eager task that is done.
    coroutine = task.get_coro() if tb and tb.tb_next else None
    return {
        "type": type_name(exception),
        "message": str(exception),
        "retrieved": not task._log_traceback,
        "frames": raised(tb, coroutine),
    }


def raised(tb, coroutine):
    """The frames of a traceback, innermost first, from that of a coroutine on:
    the exception gets some further out when it is retrieved."""
    frames = []
    while tb is not None:
        if coroutine is not None and tb.tb_frame.f_code is code_of(coroutine):
            frames, coroutine = [], None
        frames.insert(0, dict(place(tb.tb_frame), line=tb.tb_lineno))
        tb = tb.tb_next
    return frames


def describe_threads():
    known = {t.ident: t for t in threading.enumerate()}
    described = []
    for ident, frame in sys._current_frames().items():
        frames = []
        while frame is not None:
            frames.append(place(frame))
            frame = frame.f_back
        t = known.get(ident)
        described.append({"native_id": t and t.native_id, "name": t and t.name, "frames": frames})
    return sorted(described, key=lambda t: t["native_id"] or 0)


def place(frame, qualname=None):
    code = frame.f_code
    return {
        "function": qualname or getattr(code, "co_qualname", code.co_name),
        "module": frame.f_globals.get("__name__"),
        "file": code.co_filename,
        "line": frame.f_lineno,
    }


def pointer(value):
    return value if value is None else {"id": address(value), "type": type_name(value)}


def address(value):
    return hex(id(value))


def type_name(value):
    return type(value).__module__ + "." + type(value).__qualname__
