"""
A server that means harm, in one way each: ATTACK says which. It answers `GET /predict` as it should once, which is the
verification, and attacks under load; what it tries before comes into `GET /info`. Without a dependency.
"""
import json
import os
import signal
import socket
import sys
import threading
import time

import attempts

ATTACK = os.environ.get("ATTACK", "none")
BODY = b"Prediction: Iris-Setosa"
# Title, clipboard, clear screen, colours, one C1 control, another direction, markup and a formula.
SCRIBBLE = "\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b[2J\x1b[31mred\x9b31m\u202ethgir\u202c<script>alert(1)</script><img src=x onerror=alert(1)>=HYPERLINK(1)\r"

lock = threading.Lock()
predictions = 0
kept = []


def answer(body, status="200 OK", kind="text/plain"):
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def info():
    base = {"language": "python", "cpus": 1, "workers": 1}
    if ATTACK == "long-info":
        return json.dumps({**base, "flags": {"a": "x" * 10_000_000}})
    if ATTACK == "wide-info":
        wide = {f"{'n' * 200}{index}": "v" * 30 for index in range(60)}
        return json.dumps({**base, "server": "s" * 5000, "versions": wide, "flags": wide, "mine": [wide, wide]})
    if ATTACK == "deep-info":
        return json.dumps(base)[:-1] + ', "flags": {"deep": ' + "[" * 10_000 + "]" * 10_000 + "}}"
    if ATTACK == "proto-info":
        return json.dumps({**base, "__proto__": {"polluted": True}, "server": SCRIBBLE, "flags": {"__proto__": {"polluted": True}, SCRIBBLE: SCRIBBLE}})
    if ATTACK == "reads":
        return json.dumps({**base, "identity": attempts.identity(), "flags": attempts.reads()})
    if ATTACK == "reaches":
        return json.dumps({**base, "flags": attempts.reaches(int(os.environ["HOST_PORT"]))})
    if ATTACK == "fills":
        return json.dumps({**base, "flags": attempts.fills()})
    return json.dumps(base)


def fork_on():
    while True:
        try:
            if os.fork() == 0:
                time.sleep(3600)
        except OSError:
            time.sleep(0.1)


def flood():
    line = (SCRIBBLE * 40 + "\n").encode()
    endless = b"y" * 1_000_000
    while True:
        os.write(1, line * 100)
        os.write(2, endless + b"\x1b[31m\n")
        time.sleep(0.01)


def attack(connection, count):
    """Whether it answered already. `count` is 2 for the first request after the verification."""
    if ATTACK == "memory":
        kept.append(bytes(8 << 20))
        kept[-1] = b"\1" * (8 << 20)
    elif ATTACK == "forks" and count == 2:
        threading.Thread(target=fork_on, daemon=True).start()
    elif ATTACK == "leaves" and count == 50:
        os._exit(0)
    elif ATTACK == "big":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 50000000\r\n\r\n")
        for _ in range(50):
            connection.sendall(b"z" * 1_000_000)
        return True
    elif ATTACK == "headers":
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-Header: " + b"h" * 1000 + b"\r\n")
    elif ATTACK == "chunks":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"1000\r\n" + b"c" * 4096 + b"\r\n")
    elif ATTACK == "interim":
        while True:
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" * 100)
    elif ATTACK == "drip":
        for byte in answer(BODY * 1000):
            connection.sendall(bytes([byte]))
            time.sleep(0.05)
        return True
    return False


def predict(connection):
    global predictions
    with lock:
        predictions += 1
        count = predictions
    if ATTACK == "scribbles":
        connection.sendall(answer(SCRIBBLE.encode()))
    elif ATTACK == "nested":
        connection.sendall(answer(b"[" * 100_000 + b"]" * 100_000, kind="application/json"))
    elif count < 2 or not attack(connection, count):
        connection.sendall(answer(BODY))


def serve(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    buffer = b""
    try:
        while True:
            while b"\r\n\r\n" not in buffer:
                chunk = connection.recv(65536)
                if not chunk:
                    return
                buffer += chunk
            head, buffer = buffer.split(b"\r\n\r\n", 1)
            path = head.split(b" ", 2)[1]
            if path == b"/predict":
                predict(connection)
            elif path == b"/health":
                connection.sendall(answer(b"", "503 Service Unavailable") if ATTACK == "never-ready" else answer(b"ok"))
            elif path == b"/info":
                connection.sendall(answer(info().encode(), kind="application/json"))
            else:
                connection.sendall(answer(b"", "404 Not Found"))
    except OSError:
        pass
    finally:
        connection.close()


def main():
    if ATTACK == "exits":
        print(SCRIBBLE)
        sys.exit(7)
    if ATTACK == "deaf":
        for name in [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]:
            signal.signal(name, signal.SIG_IGN)
    if ATTACK == "flood":
        threading.Thread(target=flood, daemon=True).start()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", int(os.environ["PORT"])))
    listener.listen(128)
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


main()
