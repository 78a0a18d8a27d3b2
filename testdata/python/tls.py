"""Tasks that wait at TLS connections, which are transports over transports.

A correct reader says that

    client        waits for data of a connection from 127.0.0.1 to 127.0.0.1, with
                  the 5 bytes buffered that came before the line's end
    served        serves it, and waits for a line
    main          waits for a future that nothing will set

No certificate is needed: the two sides use a cipher without one.
"""

import asyncio
import ssl

import ready


def context(side):
    c = ssl.SSLContext(side)
    c.check_hostname = False
    c.verify_mode = ssl.CERT_NONE
    c.maximum_version = ssl.TLSVersion.TLSv1_2
    c.set_ciphers("AECDH-AES256-SHA:ADH-AES256-SHA256:@SECLEVEL=0")
    return c


async def read_line(stream):
    await stream.readline()


async def served(reader, writer):
    asyncio.current_task().set_name("served")
    kept.append(writer)
    writer.write(b"hello")
    await reader.readline()


kept = []


async def main():
    tasks = [asyncio.current_task()]
    tasks[0].set_name("main")
    server = await asyncio.start_server(served, "127.0.0.1", 0, ssl=context(ssl.PROTOCOL_TLS_SERVER))
    reader, writer = await asyncio.open_connection(
        *server.sockets[0].getsockname(), ssl=context(ssl.PROTOCOL_TLS_CLIENT)
    )
    tasks.append(asyncio.create_task(read_line(reader), name="client"))
    ready.when(
        ready.parked(1, "_wait_for_data", "read_line"),
        ready.parked(1, "_wait_for_data", "served"),
        ready.parked(1, "main", "main"),
        ready.holds(lambda: len(reader._buffer) == 5),
    )
    await asyncio.get_running_loop().create_future()
    del writer


asyncio.run(main())
