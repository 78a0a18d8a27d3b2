"""Threads that wait for the answers of servers.

A correct reader says that

    fetch    reads from a connection to the host and port that it was given
    timed    the same, with a timeout
    main     a task that does the same, and so blocks its loop
"""

import asyncio
import http.client
import socket
import threading

import ready

HOUR = 3600
silent = socket.socket()
silent.bind(("127.0.0.1", 0))
silent.listen(3)
port = silent.getsockname()[1]


def fetch(**options):
    connection = http.client.HTTPConnection("localhost", port, **options)
    connection.sock = socket.create_connection(("127.0.0.1", port), **options)
    connection.request("GET", "/")
    connection.getresponse()


async def main():
    asyncio.current_task().set_name("main")
    threading.Thread(target=fetch, name="fetch", daemon=True).start()
    threading.Thread(target=fetch, name="timed", kwargs={"timeout": HOUR}, daemon=True).start()
    ready.when(ready.thread(3, "readinto", "fetch"), blocked=[asyncio.get_running_loop()])
    fetch()


asyncio.run(main())
