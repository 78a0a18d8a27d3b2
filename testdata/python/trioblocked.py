"""A task of Trio that blocks the thread of its run.

Needs Trio, of 0.22 or later.

A correct reader says that blocker sleeps in a system call, which keeps the run
from going on, and that ready-0, ready-1 and ready-2 wait for their turn.
"""

import time

import ready  # and Trio: tests of all programs leave this one out
import trio

HOUR = 3600


async def work():
    await trio.sleep(HOUR)


async def blocker():
    time.sleep(HOUR)


async def main():
    async with trio.open_nursery() as nursery:
        for i in range(3):
            nursery.start_soon(work, name="ready-%d" % i)
        ready.when(ready.thread(1, "blocker", "run"))
        await blocker()


trio.run(main)
