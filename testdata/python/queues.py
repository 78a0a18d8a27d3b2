"""Tasks that wait at queues.

A correct reader says that

    getter-0, -1   wait to get from an empty Queue without a maximum; nobody
                   else stands at it
    putter-0, -1   wait to put into a Queue that holds 2 of at most 2; nobody
                   stands at the other end
    joiner         waits for the tasks of a Queue to be done: 1 of them is not.
                   The queue is empty
    priority       waits to get from an empty PriorityQueue with a maximum of 5
    lifo           waits to put into a LifoQueue that holds 1 of at most 1
    consumer       waits in handle() to get from a Queue into which only
                   producer would put, which waits for an Event first
    producer       waits for that Event, and stands at no queue yet
    main           waits for a future that nothing will set
"""

import asyncio

import ready


async def get_one(queue):
    await queue.get()


async def put_one(queue):
    await queue.put("one more")


async def join_all(queue):
    await queue.join()


async def handle(requests, answers):
    await answers.put("begin")
    await requests.get()


async def produce(requests, event):
    await event.wait()
    await requests.put("request")


async def main():
    def start(coroutine, name):
        tasks.append(asyncio.create_task(coroutine, name=name))

    tasks = [asyncio.current_task()]
    tasks[0].set_name("main")
    empty, full, unfinished = asyncio.Queue(), asyncio.Queue(2), asyncio.Queue()
    priority, lifo = asyncio.PriorityQueue(5), asyncio.LifoQueue(1)
    for i in range(2):
        start(get_one(empty), "getter-%d" % i)
    for i in range(2):
        full.put_nowait(i)
        start(put_one(full), "putter-%d" % i)
    unfinished.put_nowait("work")
    unfinished.get_nowait()
    start(join_all(unfinished), "joiner")
    start(get_one(priority), "priority")
    lifo.put_nowait("last")
    start(put_one(lifo), "lifo")
    requests, answers, event = asyncio.Queue(), asyncio.Queue(), asyncio.Event()
    start(handle(requests, answers), "consumer")
    start(produce(requests, event), "producer")
    ready.when(
        ready.parked(3, "get", "get_one"),
        ready.parked(3, "put", "put_one"),
        ready.parked(1, "wait", "join_all"),
        ready.parked(1, "get", "handle"),
        ready.parked(1, "wait", "produce"),
        ready.parked(1, "main", "main"),
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
