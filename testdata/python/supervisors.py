"""Tasks that belong to objects of the program's own, which are no TaskGroup.

A correct reader says that

    kept-0, kept-1  are in the group that a Supervisor is, by a guess: it has
                    them in a set, and they call a method of it when they are done
    opener          stands in the with-block of that Supervisor: their
                    backtraces go on in supervises()
    by-name         is in a group of another Supervisor, which has it in a dict
    joiner          waits in Supervisor.join() for that
    watched         calls a method of a Watcher, which has no collection with
                    it: it is in no group
    main            waits for a future that nothing will set
"""

import asyncio

import ready

HOUR = 3600


async def work():
    await asyncio.sleep(HOUR)


class Supervisor:
    def __init__(self):
        self.tasks = set()
        self.by_name = {}
        self.empty = None

    def start(self, name):
        task = asyncio.get_running_loop().create_task(work(), name=name)
        task.add_done_callback(self.ended)
        return task

    def ended(self, task):
        self.tasks.discard(task)

    async def join(self):
        self.empty = asyncio.get_running_loop().create_future()
        await self.empty

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc_info):
        await self.join()


class Watcher(Supervisor):
    pass


async def supervises():
    async with Supervisor() as supervisor:
        for i in range(2):
            supervisor.tasks.add(supervisor.start("kept-%d" % i))
        await asyncio.sleep(HOUR)


async def joins():
    supervisor = Supervisor()
    supervisor.by_name["x"] = supervisor.start("by-name")
    await supervisor.join()


async def main():
    asyncio.current_task().set_name("main")
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(supervises(), name="opener"), loop.create_task(joins(), name="joiner")]
    tasks.append(Watcher().start("watched"))
    ready.when(
        ready.parked(4, "sleep", "work"),
        ready.parked(1, "sleep", "supervises"),
        ready.parked(1, "join", "joins"),
        ready.parked(1, "main", "main"),
    )
    await loop.create_future()


asyncio.run(main())
