"""Prints, as JSON, the line tables of the standard library's code objects, and
what this interpreter itself makes of them: one code object a line."""
import dis
import glob
import json
import os
import sys
import types


def ranges(code):
    """(first offset, offset after the last, line or None) as the interpreter knows them."""
    if hasattr(code, "co_lines"):
        return list(code.co_lines())
    starts = list(dis.findlinestarts(code)) + [(len(code.co_code), None)]
    return [(a, b, line) for (a, line), (b, _) in zip(starts, starts[1:])]


def walk(code):
    yield code
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from walk(const)


def odd():
    """Code that goes back and forth in lines, and far."""
    yield compile("f(a,\n  b,\n\n c)(\n\nd\n)\n", "back", "exec")
    yield compile("x = 1\n" + "\n" * 1000 + "y = f(\n" + "\n" * 300 + "z)\nw = 2\n", "far", "exec")
    yield compile("\n".join("a%d = [%s]" % (i, ", ".join(["b"] * 100)) for i in range(20)), "wide", "exec")
    yield compile("async def f():\n async with a as b, c:\n  async for x in y:\n   await x\n  else:\n   yield [z async for z in x]\n", "async", "exec")


lib = os.path.dirname(os.__file__)
names = sorted(glob.glob(lib + "/*.py"))[:: int(sys.argv[1])] + sorted(glob.glob(lib + "/asyncio/*.py"))
for name in names:
    with open(name, "rb") as f:
        source = f.read()
    for code in walk(compile(source, name, "exec")):
        table = code.co_linetable if hasattr(code, "co_linetable") else code.co_lnotab
        print(json.dumps([code.co_name, code.co_firstlineno, table.hex(), ranges(code)]))
for module in odd():
    for code in walk(module):
        table = code.co_linetable if hasattr(code, "co_linetable") else code.co_lnotab
        print(json.dumps([code.co_name, code.co_firstlineno, table.hex(), ranges(code)]))
