"""A server that forks two workers, each with a loop of its own.

A correct reader of the whole family says that

    the parent's main waits for a future that nothing will set
    each worker has 3 tasks, named customer-hunter2, in job(), which wait for
    one asyncio.Event, and a main that waits for them in gather()

The variables of job() are the string hunter2, in the bytes, list and dict too,
and the number 4711. A reader that is asked to redact shows hunter2 nowhere.
"""

import asyncio
import os

import ready

SECRET = "hunter" + str(2)


async def job(event):
    secret = SECRET
    raw = SECRET.encode()
    fields = {SECRET: ["the " + SECRET]}
    number = 4711
    await event.wait()
    return secret, raw, fields, number


async def worker(parent, parked):
    event = asyncio.Event()
    tasks = [asyncio.ensure_future(job(event)) for _ in range(3)]
    for task in tasks:
        task.set_name("customer-" + SECRET)
    asyncio.get_running_loop().add_reader(parent, os._exit, 0)
    everyone = asyncio.gather(*tasks)
    await asyncio.sleep(0)
    os.write(parked, b".")
    await everyone


def fork():
    """Starts a worker that ends with this process, and waits for its tasks."""
    alive, keep = os.pipe()
    told, parked = os.pipe()
    if os.fork() == 0:
        os.close(keep)
        asyncio.run(worker(alive, parked))
        os._exit(1)
    os.close(alive)
    os.close(parked)
    if os.read(told, 1) != b".":
        raise SystemExit("a worker ended")
    return keep


async def main():
    ready.when(ready.parked(1, "main", "main"))
    await asyncio.get_running_loop().create_future()


workers = [fork() for _ in range(2)]
asyncio.run(main())
