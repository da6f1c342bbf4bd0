#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A password server in Python: a program for one request, or, with --socket PATH FOLDER UID, a service at a Unix
socket that root makes.

Beside it, or in FOLDER, are "passwords", with a file per owner, and "mode", what is wrong with it today.
"""
import os
import signal
import socket
import sys
import time


def act(request, folder):
    owner = request.get("owner", "")
    path = os.path.join(folder, "passwords", owner)
    if owner == "" or owner.startswith(".") or "/" in owner:
        return False
    there = os.path.exists(path)
    right = there and open(path).read() == request.get("password")
    command = request.get("command")
    if command == "bind":
        return right
    if command == "delete":
        if there:
            os.unlink(path)
        return there
    if command == "register":
        new, may = request["new-password"], right
    elif command in ("add", "alter"):
        new, may = request.get("password"), there == (command == "alter")
    else:
        return False
    if may and new is not None:
        with open(path + ".new", "w") as file:
            file.write(new)
        os.rename(path + ".new", path)
    return may


def answer(text, folder):
    lines = text.decode().split("\n")
    if lines[0] != "authz-password-server 1" or lines[-1] != "":
        return b"error no request\n"
    request = dict(line.split(" ", 1) for line in lines[1:-1])
    with open(os.path.join(folder, "passwords", ".asked"), "a") as asked:
        asked.write("%s %s\n" % (request["command"], request["owner"]))
    mode = open(os.path.join(folder, "mode")).read().strip()
    if mode == "hangs":
        time.sleep(600)
    if mode == "garbles":
        return b"\x00" * 100
    if mode == "refuses":
        return b"error it is against the site's rules\n"
    return b"ok\n" if act(request, folder) else b"error wrong\n"


def everything(read):
    text = b""
    while piece := read(4096):
        text += piece
    return text


def serve(path, folder, uid):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    os.chmod(path, 0o666)
    listener.listen(64)
    os.setgroups([])
    os.setuid(uid)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection, _ = listener.accept()
        with connection:
            if os.fork() == 0:
                signal.alarm(60)
                connection.sendall(answer(everything(connection.recv), folder))
                os._exit(0)


if len(sys.argv) == 5 and sys.argv[1] == "--socket":
    serve(sys.argv[2], sys.argv[3], int(sys.argv[4]))
sys.stdout.buffer.write(answer(everything(lambda size: os.read(0, size)), os.path.dirname(sys.argv[0])))
