"""Tasks that wait for sockets, pipes and processes.

A correct reader says that

    reader        waits for data of a TCP connection: its socket, from 127.0.0.1
                  to 127.0.0.1
    drainer       waits for a TCP connection to take what it wrote: the other
                  end does not read
    server        serves for ever on a TCP socket
    served        (served-0 and served-1) are the server's tasks for those two
                  connections: one waits for a line, one reads nothing
    unix-reader   waits for data of a Unix connection
    unix-served   serves it, and waits for a line
    sock-recv     waits in loop.sock_recv for a socket of a socketpair
    sock-accept   waits in loop.sock_accept for a Unix socket
    pipe          waits for a line of a pipe
    process       waits for a process to end, in Process.wait
    communicate   waits in Process.communicate for another, in a gather of what
                  reads its standard output and (its own) standard input
    main          waits for a future that nothing will set

Which tasks asyncio itself starts for servers differs from release to release.
"""

import asyncio
import os
import socket

import ready


async def read_line(stream):
    await stream.readline()


async def drain(writer):
    while True:
        writer.write(bytes(1 << 20))
        await writer.drain()


async def serve(server):
    async with server:
        await server.serve_forever()


async def served(reader, writer):
    asyncio.current_task().set_name("served-%d" % len(connections))
    connections.append(writer)
    if len(connections) == 1:
        await reader.readline()
    else:
        writer.transport.pause_reading()
        await never


async def unix_served(reader, writer):
    asyncio.current_task().set_name("unix-served")
    connections.append(writer)
    await reader.readline()


async def sock_recv(sock):
    await asyncio.get_running_loop().sock_recv(sock, 16)


async def sock_accept(sock):
    await asyncio.get_running_loop().sock_accept(sock)


async def wait_end(process):
    await process.wait()


async def communicate(process):
    await process.communicate(b"hello")


def process(lifeline):
    # It ends with this process, whose death closes the other end of the pipe.
    pipe = asyncio.subprocess.PIPE
    return asyncio.create_subprocess_exec("cat", "/dev/fd/%d" % lifeline, stdin=pipe, stdout=pipe, pass_fds=[lifeline])


connections = []
never = None


async def main():
    global never

    def start(coroutine, name):
        tasks.append(asyncio.create_task(coroutine, name=name))

    tasks = [asyncio.current_task()]
    tasks[0].set_name("main")
    loop = asyncio.get_running_loop()
    never = loop.create_future()

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    start(serve(server), "server")
    reader, writer = await asyncio.open_connection(*address)
    while len(connections) < 1:
        await asyncio.sleep(0)
    start(read_line(reader), "reader")
    _, writer2 = await asyncio.open_connection(*address)
    while len(connections) < 2:
        await asyncio.sleep(0)
    start(drain(writer2), "drainer")

    unix = await asyncio.start_unix_server(unix_served, "socket")
    unix_reader, unix_writer = await asyncio.open_unix_connection("socket")
    start(read_line(unix_reader), "unix-reader")

    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    start(sock_recv(ours), "sock-recv")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("listener")
    listener.listen()
    listener.setblocking(False)
    start(sock_accept(listener), "sock-accept")

    out, into = os.pipe()
    pipe_reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(pipe_reader), os.fdopen(out, "rb"))
    start(read_line(pipe_reader), "pipe")

    lifeline, held = os.pipe()
    processes = [await process(lifeline), await process(lifeline)]
    start(wait_end(processes[0]), "process")
    start(communicate(processes[1]), "communicate")
    ready.when(
        ready.parked(3, "_wait_for_data", "read_line"),
        ready.parked(1, "_drain_helper", "drain"),
        ready.parked(1, "serve_forever", "serve"),
        ready.parked(1, "_wait_for_data", "served"),
        ready.parked(1, "served", "served"),
        ready.parked(1, "_wait_for_data", "unix_served"),
        ready.parked(1, "sock_recv", "sock_recv"),
        ready.parked(1, "sock_accept", "sock_accept"),
        ready.parked(1, "_wait", "wait_end"),
        ready.parked(1, "communicate", "communicate"),
        ready.parked(1, "main", "main"),
    )
    await never
    del held, writer, unix, unix_writer, theirs, into


asyncio.run(main())
