"""Local variables and context variables of all kinds.

A correct reader says, with --locals,

    values     what values() lists, each as repr() has it, shortened
    circular   that a list holds itself, and a dict and an object each other,
               and does not run for ever
    large      that a str has a million characters, a list 100,000 elements
               and a dict as many, and shows the first few
    unset      that a variable is not set: it has been deleted, or not set yet
    cells      the variables that inner functions share: captured, and own
    context    the context variables request ("r-42") and user ("ann"); main
               has request alone, "none"
    secrets    nothing of the values of password, token and card: a wrapper as
               Django's names them, in its own variable sensitive_variables
    everything the values of charge() alone: a wrapper that names none hides
               all of its function's variables
    hostile    the type of an object whose __repr__ and __class__ would fail
               or never return: no code of the target's is run
    main       waits for a future that nothing will set
"""

import asyncio
import collections
import contextvars
import dataclasses
import decimal
import enum
import functools

import ready

HOUR = 3600
request = contextvars.ContextVar("request", default="no request")
user = contextvars.ContextVar("user")


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Order:
    number: int
    items: list


class Slotted:
    __slots__ = ("left", "right")

    def __init__(self):
        self.left = 1


class Plain:
    def __init__(self):
        self.name = "plain"
        self.size = 3


class Hostile:
    def __repr__(self):
        raise SystemError("do not call me")

    @property
    def __class__(self):
        raise SystemError("do not ask me")

    def __del__(self):
        pass


Point = collections.namedtuple("Point", "x y")


async def values():
    nothing, yes, no = None, True, False
    small, negative, big, huge = 7, -5, 2**40, 3**200
    real, infinite, nan, imaginary = 1.5, float("inf"), float("nan"), 2j
    empty, ascii_, latin, wide, astral = "", "hello", "caf\u00e9", "\u20ac 5", "\U0001f600"
    quoted, controls, lone = "it's \"so\"", "a\tb\x1b[31m\n\x00", "\ud800"
    bytes_, array = b"\x00\xffab", bytearray(b"abc")
    tuple_, single, list_ = (1, "two", None), (1,), [1, [2, [3, [4, [5]]]]]
    dict_, set_, frozen = {"a": 1, 2: "b", None: []}, {1}, frozenset({"x"})
    deque, ordered = collections.deque([1, 2], 5), collections.OrderedDict(a=1)
    counter, default = collections.Counter("aab"), collections.defaultdict(list, a=[1])
    range_, slice_, ellipsis = range(1, 9, 2), slice(1, None), ...
    colour, order, point, slotted, plain = Colour.RED, Order(12, ["tea"]), Point(1, 2), Slotted(), Plain()
    decimal_, error = decimal.Decimal("1.10"), ValueError("wrong", 3)
    function, method, builtin, partial = values, plain.__init__, len, functools.partial(int, base=2)
    class_, module, type_ = Plain, asyncio, int
    del no
    await asyncio.sleep(HOUR)
    return locals()


async def circular():
    ring = [1]
    ring.append(ring)
    pair = {"name": "pair"}
    plain = Plain()
    plain.pair, pair["plain"] = pair, plain
    await asyncio.sleep(HOUR)


async def large():
    text = "x" * 1_000_000
    many = list(range(100_000))
    table = {i: str(i) for i in range(100_000)}
    deep = []
    for _ in range(10_000):
        deep = [deep]
    await asyncio.sleep(HOUR)
    return text, many, table, deep


async def unset(early=1):
    gone = 1
    del gone
    await asyncio.sleep(HOUR)
    late = 2
    return late


async def cells():
    captured, own = "shared", "not shared"

    def reader():
        return captured

    await asyncio.sleep(HOUR)
    return reader, own


async def context():
    request.set("r-42")
    user.set("ann")
    for i in range(40):
        # More than one node of the tree that a context is.
        contextvars.ContextVar("extra-%d" % i).set(i)
    await asyncio.sleep(HOUR)


def sensitive_variables(*variables):
    """What Django's decorator of that name does, as far as a reader sees."""

    def decorator(function):
        @functools.wraps(function)
        async def sensitive_variables_wrapper(*args, **kwargs):
            if variables:
                sensitive_variables_wrapper.sensitive_variables = variables
            else:
                sensitive_variables_wrapper.sensitive_variables = "__ALL__"
            return await function(*args, **kwargs)

        return sensitive_variables_wrapper

    return decorator


@sensitive_variables("password", "token", "card")
async def secrets(password, account):
    token = "token-" + password
    card = {"number": "4111-secret"}
    await asyncio.sleep(HOUR)
    return token, card, account


@sensitive_variables()
async def charge(amount, card):
    await asyncio.sleep(HOUR)


async def hostile():
    bad = Hostile()
    await asyncio.sleep(HOUR)
    del bad


async def main():
    def start(coroutine, name):
        tasks.append(asyncio.create_task(coroutine, name=name))

    tasks = [asyncio.current_task()]
    tasks[0].set_name("main")
    request.set("none")
    start(values(), "values")
    start(circular(), "circular")
    start(large(), "large")
    start(unset(), "unset")
    start(cells(), "cells")
    start(context(), "context")
    start(secrets("secret-hunter2", "ann"), "secrets")
    start(charge(100, "secret-4111"), "everything")
    start(hostile(), "hostile")
    functions = "values", "circular", "large", "unset", "cells", "context", "secrets", "charge", "hostile"
    ready.when(*[ready.parked(1, "sleep", function) for function in functions], ready.parked(1, "main", "main"))
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
