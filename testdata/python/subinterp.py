"""A loop in a sub-interpreter of the same process.

Needs Python 3.12.

A correct reader says that

    main         waits for a future, in the main interpreter
    sub-main     in a second interpreter, in the thread "sub", waits for a future
    sub-nap      sleeps there, in nap()
    sub-awaiter  awaits sub-nap there
"""

import asyncio
import os
import sys
import threading

import ready

CODE = """
import asyncio, os, sys

async def nap():
    await asyncio.sleep(3600)

async def awaits(task):
    await task

async def sub_main():
    loop = asyncio.get_running_loop()
    asyncio.current_task().set_name("sub-main")
    first = asyncio.create_task(nap(), name="sub-nap")
    tasks = [first, asyncio.create_task(awaits(first), name="sub-awaiter")]
    for _ in range(3):
        await asyncio.sleep(0)  # which lets them run into what they wait for
    # What is called next, once this one waits too.
    loop.call_soon(os.write, %d, b".")
    await loop.create_future()
    del tasks

asyncio.run(sub_main())
"""


def interpreters():
    """The module of sub-interpreters, whatever it is called in this release."""
    if sys.version_info >= (3, 13):
        import _interpreters as module
    else:
        import _xxsubinterpreters as module
    return module


def run(into):
    module = interpreters()
    # The old kind, which shares the lock: what may import every extension.
    sub = module.create("legacy") if sys.version_info >= (3, 13) else module.create(isolated=False)
    module.run_string(sub, CODE % into)


async def main():
    asyncio.current_task().set_name("main")
    out, into = os.pipe()
    threading.Thread(target=run, args=(into,), name="sub", daemon=True).start()
    os.read(out, 1)
    ready.when(ready.parked(1, "main", "main"))
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
