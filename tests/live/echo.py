"""The smallest engineio server over our WebSocket layer: says back what it hears, or sends as many bytes as asked."""

import engineio

from companion.live import websocket

server = engineio.Server(async_mode="gevent", async_handlers=False, cors_allowed_origins=["https://alongside.test"])
websocket.install(server)
app = engineio.WSGIApp(server)


@server.on("message")
def heard(sid: str, message: str | bytes) -> None:
    if message == "leave":
        server.start_background_task(server.disconnect, sid)
    elif isinstance(message, str) and message.startswith("send me "):
        server.sockets[sid].ws.send_frame(websocket.frame_of(b"z" * int(message.removeprefix("send me "))))
    else:
        server.send(sid, message)
