"""Objects of every kind that is read, and what stands in them.

The command "facts" tells, as JSON, a list of

    [address, steps, size, value]

which says: from the object at the address (0: see interpreter()), go by the steps, each a sum of
names of layout.Layout and numbers, with a pointer followed between two steps;
there stand size bytes that are the value: a number, or the name of one.
"""

import asyncio
import collections
import contextvars
import functools
import json
import queue
import sys
import threading
import types
import weakref

import ready

facts = []
kept = []
here = sys.modules[__name__]


def fact(o, steps, value, size=8):
    """What stands in an object: another object, a number, or (in a layout.Layout)
    the name of a number."""
    kept.extend([o, value])
    if not isinstance(value, (int, str)):
        value = id(value)
    facts.append([0 if o is None else id(o), steps, size, value])


def objects(o, **fields):
    """Fields that point to objects, by structure__Field."""
    kept.append(o)
    for name, value in fields.items():
        kept.append(value)
        facts.append([id(o), [name.replace("__", ".")], 8, id(value)])


def outer(free):
    def function(first, second=None, *, only=None):
        return free

    function.attribute = 1
    return function


class Slots:
    __slots__ = ("one", "two")


class Plain:
    class Inner:
        pass

    def __init__(self):
        self.one = 1
        self.two = 2

    def method(self):
        pass


def containers():
    item = object()
    fact((1, item), ["Container.TupleItems+8"], item)
    fact((1, item), ["Object.Size"], 2)
    fact([1, item], ["Container.ListItems", "8"], item)
    fact([1, item], ["Object.Size"], 2)
    fact(b"*", ["Container.BytesData"], 42, 1)
    fact({item}, ["Container.SetUsed"], 1)
    fact({item}, ["Container.SetFill"], 1)
    fact({item}, ["Container.SetMask"], 7)
    fact({"a": item, "b": 2}, ["Dict.Used"], 2)
    fact({"a": item, "b": 2}, ["Dict.Keys", "Dict.KeysEntries"], 2)
    # A new deque begins with the second place of its block.
    fact(collections.deque([item]), ["Container.DequeLeftBlock", "Container.DequeBlockData+8"], item)
    fact(collections.deque([item]), ["Container.DequeLeftIndex"], 1)
    fact(collections.deque([item], 5), ["Container.DequeMaxLen"], 5)
    queued = queue.SimpleQueue()
    queued.put(item)
    if sys.version_info >= (3, 13):
        fact(queued, ["Container.RingItems", "0"], item)
        fact(queued, ["Container.RingUsed"], 1)
        fact(queued, ["Container.RingGet"], 0)
        fact(queued, ["Container.RingCapacity"], 8)
    else:
        fact(queued, ["Container.SimpleList", "Container.ListItems", "0"], item)
    fact(bytearray(b"*"), ["Container.ByteArrayStart", "0"], 42, 1)
    fact(1 << 30, ["Int.Digit+4"], 1, 4)
    fact("xyz", ["Unicode.ASCII"], ord("x"), 1)
    fact("x\xe9", ["Unicode.Compact+1"], 0xE9, 1)
    fact("xyz", ["Unicode.Length"], 3)
    objects(functools.partial(outer, 1, free=2), Container__PartialFn=outer)
    p = functools.partial(outer, 1, free=2)
    objects(p, Container__PartialArgs=p.args, Container__PartialKw=p.keywords)
    plain = Plain()
    objects(plain.method, Container__MethodFunc=Plain.method, Container__MethodSelf=plain)
    objects(kept.append, Container__CFuncSelf=kept)
    objects(weakref.ref(plain), Container__WeakObject=plain)
    objects(here, Container__ModuleDict=vars(here))
    fact(Slots.two, ["Container.MemberDef", "16"], 24)


def functions():
    free = object()
    f = outer(free)
    code = f.__code__
    objects(f, Function__Code=code, Function__Closure=f.__closure__, Function__Qualname=f.__qualname__)
    objects(f, Function__Module=f.__module__, Function__Defaults=f.__defaults__, Function__Dict=f.__dict__)
    objects(f.__closure__[0], Container__CellValue=free)
    objects(code, Code__Filename=code.co_filename, Code__Name=code.co_name)
    for field, value in [
        ("FirstLine", code.co_firstlineno),
        ("ArgCount", code.co_argcount),
        ("KwOnlyArgCount", code.co_kwonlyargcount),
        ("Flags", code.co_flags),
        ("NLocals", code.co_nlocals),
    ]:
        fact(code, ["Code." + field], value, 4)
    if sys.version_info >= (3, 11):
        objects(code, Code__Qualname=code.co_qualname, Code__ExceptionTable=code.co_exceptiontable)
        fact(code, ["Code.NLocalsPlus"], code.co_nlocals + 1, 4)
    else:
        objects(code, Code__VarNames=code.co_varnames, Code__FreeVars=code.co_freevars, Code__CellVars=code.co_cellvars)
        objects(code, Code__Bytecode=code.co_code)
    objects(code, Code__LineTable=code.co_linetable if sys.version_info >= (3, 10) else code.co_lnotab)


def classes():
    for cls in (Slots, Plain, Plain.Inner):
        objects(cls, Type__Qualname=cls.__qualname__)
        objects(cls, Type__Base=object, Type__MRO=cls.__mro__, Type__HeapName=cls.__name__)
        fact(cls, ["Type.BasicSize"], cls.__basicsize__)
        fact(cls, ["Type.ItemSize"], cls.__itemsize__)
        fact(cls, ["Type.Flags"], cls.__flags__)
        fact(cls, ["Type.DictOffset"], cls.__dictoffset__ % 2**64)
        fact(cls, ["Type.WeakList"], cls.__weakrefoffset__ % 2**64)
    fact(Plain, ["Type.CachedKeys", "Dict.KeysEntries"], 2)


def exceptions():
    try:
        try:
            raise KeyError("first")
        except KeyError as first:
            cause = first
            raise ValueError("second") from first
    except ValueError as e:
        objects(e, Exception__Args=e.args, Exception__Traceback=e.__traceback__, Exception__Dict=e.__dict__)
        objects(e, Exception__Cause=cause, Exception__Context=cause)
        fact(e, ["Exception.SuppressContext"], 1, 1)
        tb = e.__traceback__
        objects(tb, Traceback__Frame=tb.tb_frame)
        fact(tb, ["Traceback.LastI"], tb.tb_lasti, 4)
        if sys.version_info < (3, 11):  # since then it may be known only when it is asked for
            fact(tb, ["Traceback.Line"], tb.tb_lineno, 4)


def generator(local):
    yield
    kept.append(local)


async def agenerator():
    await asyncio.sleep(3600)
    yield


@types.coroutine
def nothing():
    yield


async def waits(on):
    await on


def generators(embedded):
    sys.set_coroutine_origin_tracking_depth(1)
    c = waits(nothing())
    sys.set_coroutine_origin_tracking_depth(0)
    c.send(None)
    local = object()
    g = generator(local)
    next(g)
    for o, code, origin in [(c, c.cr_code, "cr_origin"), (g, g.gi_code, None)]:
        objects(o, Gen__Name=o.__name__, Gen__Qualname=o.__qualname__)
        if origin:
            objects(o, Gen__Origin=c.cr_origin)
        fact(o, ["Gen.Frame+Frame.Code"] if embedded else ["Gen.Frame", "Frame.Code"], code)
    fact(g, ["Gen.Frame+Frame.LocalsPlus"] if embedded else ["Gen.Frame", "Frame.LocalsPlus"], local)
    fact(g, ["Gen.Frame+Frame.Globals"] if embedded else ["Gen.Frame", "Frame.Globals"], globals())
    if sys.version_info < (3, 12):
        objects(g, Gen__Code=g.gi_code)
    if embedded:
        fact(g, ["Gen.State"], "Gen.Suspended", 1)
        fact(c, ["Gen.State"], "Gen.YieldFrom", 1)
        fact(waits(None), ["Gen.State"], "Gen.Created", 1)
        objects(g.gi_frame, Object__Type=types.FrameType)
        fact(g.gi_frame, ["Frame.ObjectFrame", "Frame.Code"], g.gi_code)
        fact(g, ["Gen.Frame+Frame.FrameObject"], g.gi_frame)
    fact(c, ["awaited"], c.cr_await)
    a = agenerator()
    asend = a.asend(None)
    asend.send(None)
    fact(a, ["Gen.AGRunning"], 1, 1)
    fact(a, ["awaited"], a.ag_await)
    objects(asend, Gen__Wrapped=a)
    objects(a.athrow(ValueError), Gen__Wrapped=a)
    other = waits(None)
    objects(other.__await__(), Gen__Wrapped=other)


def futures(loop, waiting, tasks):
    future = loop.create_future()
    future.add_done_callback(print, context=contextvars.Context())
    future.add_done_callback(repr)
    objects(future, Future__Loop=loop, Future__Callback0=print)
    fact(future, ["Future.Callbacks", "Container.ListItems", "0", "Container.TupleItems"], repr)
    iterator = future.__await__()
    next(iterator)
    objects(iterator, Future__IterFuture=future)
    done = loop.create_future()
    done.set_result(future)
    objects(done, Future__Result=future)
    fact(done, ["Future.State"], 2, 4)
    failed = loop.create_future()
    error = ValueError()
    failed.set_exception(error)
    objects(failed, Future__Exception=error)
    fact(failed, ["Future.LogTB"], 1, 0)
    fact(future, ["Future.LogTB"], 0, 0)
    cancelled = loop.create_future()
    if sys.version_info >= (3, 9):
        cancelled.cancel("message")
        objects(cancelled, Future__CancelMsg=cancelled._cancel_message)
    else:
        cancelled.cancel()
    fact(cancelled, ["Future.State"], 1, 4)
    if sys.version_info < (3, 13):
        future.attribute = 1
        fact(future, ["Future.Dict", "Dict.Used"], 1)
    objects(waiting, Task__Coro=waiting.get_coro(), Task__Name=waiting.get_name(), Task__FutWaiter=waiting._fut_waiter)
    fact(waiting, ["Task.FutWaiter", "Future.State"], 0, 4)
    fact(waiting, ["Task.MustCancel"], 0, 0)
    unstarted = loop.create_task(waits(loop.create_future()))
    unstarted.cancel()
    tasks.append(unstarted)
    fact(unstarted, ["Task.MustCancel"], 1, 0)
    if sys.version_info >= (3, 11):
        fact(unstarted, ["Task.CancelRequests"], 1, 4)
    if sys.version_info >= (3, 12):
        objects(waiting, Task__Context=waiting.get_context())
    if sys.version_info >= (3, 14):
        objects(waiting._fut_waiter, Task__AwaitedBy=waiting)
    fact(asyncio.Task, ["Type.BasicSize"], "Task.Size")
    objects(asyncio.current_task(), Object__Type=type(asyncio.current_task()))


lock = threading.Lock()


def stand(lock):
    lock.acquire()


def interpreter(loop, context, tasks):
    """What hangs on the interpreter: at no address. Of thread are the fields of
    the thread that stands in stand()."""
    lock.acquire()
    fact(None, ["modules"], sys.modules)
    fact(None, ["thread", "Thread.ThreadID"], threading.get_ident())
    fact(None, ["thread", "Thread.Context"], context)
    fact(None, ["frame"], stand.__code__)
    fact(None, ["collected"], kept)
    fact(None, ["collected"], loop)
    if sys.version_info >= (3, 11):
        fact(None, ["thread", "Thread.NativeID"], threading.get_native_id())
    if sys.version_info >= (3, 13):
        fact(None, ["thread", "Thread.RunningLoop"], loop)
    if sys.version_info >= (3, 14):
        fact(None, ["thread", "Thread.RunningTask"], asyncio.current_task())
        for task in tasks:
            fact(None, ["tasks"], task)


async def main():
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    waiting = loop.create_task(waits(loop.create_future()), name="waiting")
    loop.set_debug(False)
    objects(waiting, Future__SourceTB=waiting._source_traceback)
    other = loop.create_task(waits(waiting), name="other")
    await asyncio.sleep(0)
    containers()
    functions()
    classes()
    exceptions()
    generators(sys.version_info >= (3, 11))
    tasks = []
    futures(loop, waiting, tasks)
    if sys.version_info >= (3, 14):
        objects(waiting, Task__AwaitedBy=other)
    context = contextvars.copy_context()
    kept.append(context)
    interpreter(loop, context, [waiting, other])
    ready.on("facts", lambda: json.dumps(facts))
    ready.when(ready.thread(1, "stand", "main"), blocked=(loop,))
    context.run(stand, lock)


asyncio.run(main())
