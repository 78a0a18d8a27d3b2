# Coroutines that Cython compiles: see foreign.py.
import asyncio


async def inner():
    await asyncio.sleep(3600)


async def outer():
    await inner()
