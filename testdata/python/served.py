"""Servers of ASGI and WSGI, with requests that nobody answers.

Needs Python 3.11, Starlette, Uvicorn, Werkzeug and websockets.

A correct reader says that these requests are being served

    POST /pay      three, in tasks: one has a lock and sleeps, two wait for it
    GET /report    one, in a thread of AnyIO's that waits for an event
    /feed          a websocket, whose task waits for a message
    GET /old       one, in a thread of Werkzeug's that waits for the same event

and that Uvicorn's own tasks of the first four wait for those, through a
middleware that has a task of its own run what is further in.
"""

import asyncio
import socket
import threading

import ready  # and Starlette and others: tests of all programs leave this one out
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.routing import Route, WebSocketRoute
from werkzeug.serving import make_server

HOUR = 3600
lock = asyncio.Lock()
gate = threading.Event()
feeding = []


async def pay(request):
    async with lock:
        await asyncio.sleep(HOUR)


def report(request):
    gate.wait()


async def feed(connection):
    await connection.accept()
    feeding.append(connection)
    await connection.receive_text()


async def passes(request, call_next):
    return await call_next(request)


def old(environ, start_response):
    gate.wait()


def send(port, *lines):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall("\r\n".join(lines + ("Host: shop", "", "")).encode())
    return connection


async def main():
    wsgi = make_server("127.0.0.1", 0, old, threaded=True)
    threading.Thread(target=wsgi.serve_forever, daemon=True).start()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    routes = [Route("/pay", pay, methods=["POST"]), Route("/report", report), WebSocketRoute("/feed", feed)]
    app = Starlette(routes=routes, middleware=[Middleware(BaseHTTPMiddleware, dispatch=passes)])
    server = uvicorn.Server(uvicorn.Config(app, http="h11", lifespan="off", log_level="critical"))
    upgrade = "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: c2hvcHNob3BzaG9wc2hvcA=="
    connections = [send(port, "POST /pay?card=4711 HTTP/1.1", "Content-Length: 0") for _ in range(3)]
    connections += [send(port, "GET /report HTTP/1.1"), send(port, "GET /feed HTTP/1.1", *upgrade)]
    connections += [send(wsgi.server_port, "GET /old?token=secret HTTP/1.1")]
    ready.when(
        ready.parked(1, "sleep", "pay"),
        ready.parked(2, "acquire", "pay"),
        ready.thread(1, "wait", "report"),
        ready.thread(1, "wait", "old"),
        ready.holds(lambda: feeding),
    )
    await server.serve([listener])


asyncio.run(main())
