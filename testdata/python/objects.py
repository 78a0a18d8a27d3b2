"""One of each kind of object, and what a reader should make of it.

The line "objects" has the program write objects.json into its working
directory: a list of [name, address, text], where the text is what Python itself
prints, or, where a reader is to say more or less than that, what it is to say.
Beside these there are things to look up:

    attributes  [name, address, {attribute: address}]
    strings     [name, address, code points]
    ints        [name, address, value in decimal, whether it fits into 64 bits]
    floats      [name, address, what Python prints]
    members     [name, address, kind, [addresses of items in order]]
    dicts       [name, address, [[address of key, address of value]]]
    types       [name, address of an instance, module, qualified name, [mro]]
    cells       [name, address of a function, qualified name, {name: address}]
    traceback   [address of an exception, lines, outermost first, cause, context]
"""

import asyncio
import collections
import datetime
import enum
import functools
import json
import os
import weakref

import ready

HERE = {}  # name: object; keeps them
SAYS = {}  # name: text
NAMES = {}  # name: names of the attributes. To ask an object for them would give it a dict


def add(name, value, says=None):
    HERE[name] = value
    SAYS[name] = repr(value) if says is None else says
    return value


def at(value):
    return hex(id(value))


# Scalars.

for i in [0, 1, -1, 7, -7, 2**29, 2**30 - 1, 2**30, 2**31, 2**60 - 1, 2**60, 2**63 - 1, -(2**63), 2**63, -(2**63) - 1, 2**64, 10**100, -(10**300)]:
    add("int %d" % i, i)
add("huge int", 1 << 30 * 500, "<int of about 15030 bits>")
for b in [True, False, None, Ellipsis, NotImplemented]:
    add(repr(b), b)
for f in [0.0, -0.0, 1.0, 1.5, -2.25, 1e15, 1e16, 1.5e16, 123456789012345678.0, 0.0001, 0.00001, 1e-300, 1e308, 0.1, 1 / 3, float("inf"), -float("inf"), float("nan")]:
    add("float %r" % f, f)
for c in [0j, 1j, 1 + 2j, -1.5 - 2.5j, complex(0.0, -0.0), complex(float("nan"), float("inf")), complex(-0.0, 1)]:
    add("complex %r" % c, c)

# Strings: of 1, 2 and 4 bytes, with what must be escaped.

STRINGS = {
    "empty": "",
    "ascii": "hello",
    "letter": "x",
    "quote": "it's",
    "quotes": "it's \"so\"",
    "backslash": "a\\b",
    "control": "a\tb\nc\rd\x00e\x1b[31mf\x7f",
    "latin": "h\xe9llo \xff",
    "latin control": "\x80\x9b31m\xa0\xad",
    "greek": "\u03b1\u03b2\u03b3",
    "spaces": "a\u2028b\u2029c\u3000d\u200be\ufefff",
    "right to left": "\u202eabc",
    "cjk": "\u4f60\u597d",
    "emoji": "a\U0001f600b",
    "private": "\ue000\U000f0000",
    "surrogates": "a\udc80b\ud800",
    "noncharacter": "\uffff\U0010ffff",
}
for name, s in STRINGS.items():
    add("str " + name, s)
add("str long", "x" * 101, "'" + "x" * 100 + "'\u2026")
add("bytes", b"abc'\"\\\n\x00\x7f\x80\xff")
add("bytes empty", b"")
add("bytes long", b"y" * 200, "b'" + "y" * 100 + "'\u2026")
add("bytearray", bytearray(b"ab\xe9"))
add("bytearray empty", bytearray())
shrunk = bytearray(b"0123456789")
del shrunk[:4]
add("bytearray whose start moved", shrunk)

# What the standard library has, written in C.

for value in [
    range(5),
    range(1, 10**20, 3),
    slice(1, None, "x"),
    datetime.date(2026, 11, 21),
    datetime.datetime(2026, 1, 2, 3, 4),
    datetime.datetime(1, 2, 3, 4, 5, 6, 70000),
    datetime.datetime(9999, 12, 31, 23, 59, 0, 1),
    datetime.time(1, 2),
    datetime.time(1, 2, 3, 999999),
    datetime.timedelta(0),
    datetime.timedelta(days=-1, microseconds=5),
    datetime.timedelta(hours=25),
    datetime.timezone.utc,
    datetime.timezone(datetime.timedelta(hours=-3), "h\xe9re"),
    datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc),
    datetime.time(3, 4, 5, tzinfo=datetime.timezone(datetime.timedelta(minutes=90))),
]:
    add(repr(value), value)

# Containers.

for c in [[], (), {}, set(), frozenset(), collections.deque()]:
    add("empty " + type(c).__name__, c)
add("list", [1, "a", None])
add("list emptied", [1, 2])
HERE["list emptied"].clear()
SAYS["list emptied"] = "[]"
add("list long", list(range(11)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, \u2026]")
add("list full", list(range(10)))
add("tuple", (1, 2.5))
add("tuple of one", (b"x",))
add("set", {5, 3, 1})
removed = set(range(50))
removed -= set(range(5, 50)) | {1}
add("set after removals", removed)
add("set regrown", {i for i in "abcdefghi"})
add("frozenset", frozenset([1, 2]))
add("nested", [[1, [2, [3, [4]]]], {"k": {"k": {"k": {}}}}], "[[1, [2, [\u2026]]], {'k': {'k': {\u2026}}}]")
cyclic = [1]
cyclic.append(cyclic)
cyclic.append({"me": cyclic})
add("cyclic list", cyclic)
knot = {}
knot["knot"] = (knot,)
add("cyclic dict", knot)
twice = [7]
add("twice", [twice, twice])
add("deque", collections.deque([1, 2, 3]))
add("deque of a length", collections.deque([1, 2, 3], maxlen=2))
ring = collections.deque(range(100))
for _ in range(1000):
    ring.append(ring.popleft())
ring.rotate(37)
HERE["deque in blocks"] = ring
SAYS["deque in blocks"] = repr(collections.deque(list(ring)[:10]))[:-2] + ", \u2026])"

# Dicts.

add("dict", {"a": 1, "b": [2]})
add("dict of numbers", {1: "a", 2.5: None, (1, 2): 3})
mixed = add("dict of both", {"a": 1, 2: 3}, "")
SAYS["dict of both"] = repr(mixed)
deleted = {"k%d" % i: i for i in range(20)}
for i in range(1, 20):
    del deleted["k%d" % i]
deleted["late"] = 1
add("dict after deletions", deleted)
popped = {str(i): i for i in range(5)}
while popped:
    popped.popitem()
add("dict emptied", popped)
large = {"key %d" % i: i for i in range(100000)}
HERE["dict large"] = large
SAYS["dict large"] = repr({"key %d" % i: i for i in range(10)})[:-1] + ", \u2026}"
for i in range(0, 100000, 2):
    large.pop("key %d" % i)
SAYS["dict large"] = repr({"key %d" % (2 * i + 1): 2 * i + 1 for i in range(10)})[:-1] + ", \u2026}"

# Classes that derive from built-in ones.


class MyStr(str):
    pass


class MyInt(int):
    pass


class MyList(list):
    pass


class MyDict(dict):
    pass


class MyTuple(tuple):
    pass


class MySet(set):
    pass


class MyFloat(float):
    pass


class MyBytes(bytes):
    pass


for base, value in [
    (MyStr, "h\xe9 \u4f60"),
    (MyInt, -(10**40)),
    (MyInt, 5),
    (MyList, [1]),
    (MyDict, {"a": 1}),
    (MyTuple, (1, 2, 3)),
    (MySet, {1}),
    (MyFloat, 2.5),
    (MyBytes, b"abc"),
]:
    plain = repr(value)
    derived = base(value)
    derived.note = "kept"
    derived.other = 1
    name = "%s %s" % (base.__name__, plain)
    add(name, derived, "%s(%s)" % (base.__name__, plain))
    NAMES[name] = ["note", "other"]
add("defaultdict", collections.defaultdict(list, a=[1]), "defaultdict({'a': [1]})")
add("OrderedDict", collections.OrderedDict(a=1), "OrderedDict({'a': 1})")
add("Counter", collections.Counter("a"), "Counter({'a': 1})")

Point = collections.namedtuple("Point", "x y")
add("namedtuple", Point(1, "a"))


class Color(enum.Enum):
    RED = 1
    GREEN = "g"


class Level(enum.IntEnum):
    LOW = 1


add("enum", Color.RED)
add("enum of str", Color.GREEN)
add("IntEnum", Level.LOW)

# Instances: attributes in every place where there may be some.


def default(value, **attributes):
    inside = ", ".join("%s=%r" % a for a in attributes.items())
    return object.__repr__(value)[:-1] + (": " + inside if inside else "") + ">"


def instance(name, value, **attributes):
    add(name, value, default(value, **attributes))
    NAMES[name] = list(attributes)


class Plain:
    in_class = "not in the instance"

    def __init__(self, *names):
        for i, name in enumerate(names):
            setattr(self, name, i)

    def method(self):
        pass


class Few(Plain):
    pass


instance("object", object())
instance("no attributes", Plain())
instance("attributes", Plain("a", "b"), a=0, b=1)
instance("attributes in another order", Plain("b", "a"), b=0, a=1)
gone = Plain("a", "b", "c")
del gone.b
gone.b = "again"
instance("attribute deleted and set again", gone, a=0, c=2, b="again")
seen = Plain("a", "b")
seen.__dict__
instance("dict was asked for", seen, a=0, b=1)
made = Plain("a", "b")
made.__dict__["c"] = 2
made.__dict__[3] = "no attribute"
HERE["dict was written to"] = made
SAYS["dict was written to"] = default(made, a=0, b=1, c=2)
NAMES["dict was written to"] = ["a", "b", "c"]
replaced = Plain("a")
replaced.__dict__ = {"z": 1, "a": 2}
instance("dict was replaced", replaced, z=1, a=2)
dropped = Few("a", "b")
dropped.__dict__.clear()
instance("dict was cleared", dropped)
dropped2 = Few("a")
del dropped2.__dict__
instance("dict was deleted", dropped2)
dropped3 = Few("a")
del dropped3.__dict__
dropped3.x = 1
instance("dict was deleted and begun again", dropped3, x=1)
many = Plain(*("attribute%d" % i for i in range(40)))
HERE["40 attributes"] = many
NAMES["40 attributes"] = ["attribute%d" % i for i in range(40)]
SAYS["40 attributes"] = object.__repr__(many)[:-1] + ": " + ", ".join("attribute%d=%d" % (i, i) for i in range(10)) + ", \u2026>"
instance("after 40 attributes", Plain("a", "z"), a=0, z=1)
odd = Plain()
setattr(odd, "a b\n", 1)
HERE["odd name"] = odd
SAYS["odd name"] = object.__repr__(odd)[:-1] + ": a b\\n=1>"


class Slots:
    __slots__ = ("a", "b", "unset")

    def __init__(self):
        self.a, self.b = 1, "two"


class SlotsBelow(Slots):
    __slots__ = ("c", "__dict__", "__weakref__")

    def __init__(self):
        super().__init__()
        self.c, self.d = 3, 4


instance("slots", Slots(), a=1, b="two")
instance("slots and dict", SlotsBelow(), d=4, a=1, b="two", c=3)


class SelfReferring:
    def __init__(self):
        self.me = self


me = SelfReferring()
HERE["instance in itself"] = me
SAYS["instance in itself"] = default(me)[:-1] + ": me=...>"

# As a decorator would make them: the names are what counts.
try:
    import dataclasses

    @dataclasses.dataclass
    class Order:
        id: int
        items: list
        secret: str = dataclasses.field(default="s", repr=False)

        class Inner:
            pass

    add("dataclass", Order(7, ["x"]))
    instance("inner class", Order.Inner())
except ImportError:
    pass


class Error(Exception):
    pass


def raised(e):
    try:
        try:
            raise KeyError("first")
        except KeyError as first:
            deeper(e, first)
    except Exception as caught:
        return caught


def deeper(e, cause):
    raise e from cause


RAISED = raised(Error("deep"))


add("exception", ValueError("x"))
add("exception without arguments", KeyError())
add("exception with two", raised(Error("a", 1)))
add("OSError", OSError(2, "No such file"), "FileNotFoundError(2, 'No such file')")
instance_of_error = Error("with attributes")
instance_of_error.code = 5
add("exception with attributes", instance_of_error)
NAMES["exception with attributes"] = ["code"]

# What can be called.


def outer():
    captured, empty_later = ["captured"], 1

    def inner(x=1):
        return captured, other, empty_later

    other = "other"
    del empty_later
    return inner


inner = add("closure", outer(), "<function outer.<locals>.inner>")
plain = Plain()
inner.attribute = 1
NAMES["closure"] = ["attribute"]
add("lambda", lambda: 0, "<function <lambda>>")
add("method", plain.method, "<bound method Plain.method of %r>" % plain)
add("built-in", len)
add("built-in method", [].append, "")
SAYS["built-in method"] = repr(HERE["built-in method"])
add("class", Plain)
add("built-in class", int)
add("class of a module", collections.OrderedDict)
add("module", os, "<module 'os'>")
add("partial", functools.partial(len, [1], key=2), "functools.partial(<built-in function len>, [1], key=2)")
add("weakref", weakref.ref(plain), "")
SAYS["weakref"] = "<weakref at %s; to '%s' at %s>" % (at(HERE["weakref"]), "__main__.Plain", at(plain))
dying = Plain()
dead = add("dead weakref", weakref.ref(dying), "")
SAYS["dead weakref"] = "<weakref at %s; dead>" % at(dead)
del dying
HERE["plain"] = plain


async def coroutine():
    pass


def generator():
    yield


async def agen():
    yield


for value in [coroutine(), generator(), agen()]:
    add(type(value).__name__, value)

KEPT = [Plain() for _ in range(5)]
WEAK = weakref.WeakSet(KEPT + [Plain()])  # the last is gone at once


def addresses(values):
    return [at(v) for v in values]


def lines(e):
    out, tb = [], e.__traceback__
    while tb is not None:
        out.append(tb.tb_lineno)
        tb = tb.tb_next
    return out


def cells(fn):
    out = {}
    for name, cell in zip(fn.__code__.co_freevars, fn.__closure__ or ()):
        try:
            out[name] = at(cell.cell_contents)
        except ValueError:
            out[name] = "0x0"
    return out


def full(t):
    return t.__qualname__ if t.__module__ == "builtins" else t.__module__ + "." + t.__qualname__


def oracle():
    kinds = [("List", list), ("Tuple", tuple), ("Set", (set, frozenset)), ("Deque", collections.deque)]
    members = [[n, at(v), kind, addresses(v)] for n, v in HERE.items() for kind, t in kinds if isinstance(v, t)]
    members.append(["weak set", at(WEAK), "WeakSet", addresses(KEPT)])
    return {
        "reprs": [[n, at(v), SAYS[n]] for n, v in HERE.items() if n in SAYS],
        "attributes": [[n, at(HERE[n]), {a: at(getattr(HERE[n], a)) for a in names}] for n, names in NAMES.items()],
        "strings": [[n, at(v), [ord(c) for c in v]] for n, v in HERE.items() if isinstance(v, str)],
        "ints": [[n, at(v), str(int(v)), -(2**63) <= v < 2**63] for n, v in HERE.items() if isinstance(v, int) and n != "huge int"],
        "floats": [[n, at(v), repr(float(v))] for n, v in HERE.items() if isinstance(v, float)],
        "members": members,
        "dicts": [[n, at(v), [[at(k), at(x)] for k, x in v.items()]] for n, v in HERE.items() if isinstance(v, dict)],
        "types": [[n, at(v), type(v).__module__, type(v).__qualname__, [full(t) for t in type(v).__mro__]] for n, v in HERE.items()],
        "traceback": [at(RAISED), lines(RAISED), at(RAISED.__cause__), at(RAISED.__context__)],
        "cells": [["inner", at(inner), inner.__qualname__, cells(inner)]],
    }


def write():
    with open("objects.json", "w") as f:
        json.dump(oracle(), f)


async def main():
    ready.on("objects", write)
    ready.when()
    await asyncio.Event().wait()


asyncio.run(main())
