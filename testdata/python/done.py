"""Tasks that are done, or should be, and coroutines that never began.

A correct reader says of the tasks that are done and still referenced that

    result          returned a str
    unretrieved     failed: ValueError("out of stock"), never retrieved
    retrieved       failed: KeyError("sku-7"), and was awaited
    caused          failed: RuntimeError("order 12"), caused by
                    LookupError("no such sku"); both have tracebacks, of
                    fails_by_cause and of look_up
    in-context      failed: TypeError, raised while ValueError was handled
    suppressed      failed: RuntimeError, raised from None
    several         failed: ValueError of three arguments
    number          failed: LookupError(404)
    bare            failed: TimeoutError without a message
    missing         failed: FileNotFoundError, with its errno
    named           the same, with the name of the file
    grouped         (3.11 on) failed: an ExceptionGroup of two, with a note
    cancelled       was cancelled, with the message "shutting down" (3.9 on)

and of those that are not that

    swallowed       was cancelled twice, took no notice, and sleeps
    requested       is to be cancelled: it has been told, and cleans up
    fire-forget     is referenced by its loop's timer alone
    never           a coroutine of never(), held by main, was never awaited
    not-begun       the same of an async generator, which is no problem
    main            waits for a future that nothing will set
"""

import asyncio
import sys

import ready

HOUR = 3600


async def returns():
    return "a result"


async def raises(exception):
    raise exception


def look_up(sku):
    raise LookupError("no such " + sku)


async def fails_by_cause():
    try:
        look_up("sku")
    except LookupError as e:
        raise RuntimeError("order 12") from e


async def fails_in_context():
    try:
        raise ValueError("first")
    except ValueError:
        raise TypeError("second")  # noqa: B904, on purpose


async def fails_from_none():
    try:
        raise ValueError("hidden")
    except ValueError:
        raise RuntimeError("shown") from None


async def nap():
    await asyncio.sleep(HOUR)


async def swallows():
    while True:
        try:
            await asyncio.sleep(HOUR)
        except asyncio.CancelledError:
            pass


async def cleans_up():
    try:
        await asyncio.sleep(HOUR)
    finally:
        await asyncio.sleep(2 * HOUR)


async def never():
    pass


async def not_begun():
    yield


async def some_turns():
    # Enough for what is told to be cancelled to have heard it.
    for _ in range(5):
        await asyncio.sleep(0)


async def main():
    def start(coroutine, name):
        return asyncio.create_task(coroutine, name=name)

    asyncio.current_task().set_name("main")
    done = [
        start(returns(), "result"),
        start(raises(ValueError("out of stock")), "unretrieved"),
        start(raises(KeyError("sku-7")), "retrieved"),
        start(fails_by_cause(), "caused"),
        start(fails_in_context(), "in-context"),
        start(fails_from_none(), "suppressed"),
        start(nap(), "cancelled"),
        start(raises(ValueError("three", 2, None)), "several"),
        start(raises(LookupError(404)), "number"),
        start(raises(TimeoutError()), "bare"),
        start(raises(OSError(2, "No such file or directory")), "missing"),
        start(raises(OSError(2, "No such file or directory", "orders.db")), "named"),
    ]
    if hasattr(asyncio, "TaskGroup"):
        group = ExceptionGroup("both", [ValueError(1), KeyError(2)])  # noqa: F821
        group.add_note("while closing")
        done.append(start(raises(group), "grouped"))
    pending = [start(swallows(), "swallowed"), start(cleans_up(), "requested")]
    start(nap(), "fire-forget")
    await some_turns()
    try:
        await done[2]
    except KeyError:
        pass
    done[6].cancel(*["shutting down"] if sys.version_info >= (3, 9) else [])
    pending[0].cancel()
    pending[1].cancel()
    await some_turns()
    pending[0].cancel()
    await some_turns()
    coroutine, generator = never(), not_begun()
    ready.when(
        ready.parked(1, "sleep", "nap"),
        ready.parked(1, "sleep", "swallows"),
        ready.parked(1, "sleep", "cleans_up"),
        ready.parked(1, "main", "main"),
        done=done,
    )
    await asyncio.get_running_loop().create_future()
    del coroutine, generator


asyncio.run(main())
