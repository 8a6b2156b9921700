"""A real Isso on a free port of 127.0.0.1, told what to do by lines of JSON on its standard input.

    serve.py CONFIGURATION

The first line of the output is {"port": N}; each command is answered by a line. Isso ends with its standard input, so that none
outlives its test. What Isso logs goes to the standard error, as always.
"""

import json
import sys
from threading import Thread

from isso import config, make_app
from isso.core import ThreadedMixin
from isso import Isso
from werkzeug.serving import make_server


class App(Isso, ThreadedMixin):
    """Beside the application that answers requests: signs as that one does, and writes comments without a request."""


def sign(app, value):
    """What Isso puts into mails: a comment's number, or ["unsubscribe", address]."""
    return app.sign(value)


def fill(app, threads):
    """Writes comments through Isso's own layer over its database; each is answered with its number.

    A comment names its parent, and what happens to it, by its place among the comments of the command.
    """
    numbers = []
    for thread in threads:
        if thread["uri"] not in app.db.threads:
            app.db.threads.new(thread["uri"], thread["title"])
        for comment in thread["comments"]:
            parent = comment.get("parent")
            given = {**comment, "parent": None if parent is None else numbers[parent]}
            number = app.db.comments.add(thread["uri"], given)["id"]
            for up, address in comment.get("votes", []):
                app.db.comments.vote(up, number, address)
            if "edited" in comment:
                app.db.comments.update(number, comment["edited"])
            numbers.append(number)
    return numbers


def delete(app, numbers):
    for number in numbers:
        app.db.comments.delete(number)


def main():
    conf = config.load(config.default_file(), sys.argv[1])
    server = make_server("127.0.0.1", 0, make_app(conf), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    app = App(conf)
    commands = {"sign": sign, "fill": fill, "delete": delete}
    print(json.dumps({"port": server.port}), flush=True)
    for line in sys.stdin:
        command, argument = json.loads(line)
        print(json.dumps(commands[command](app, argument)), flush=True)


if __name__ == "__main__":
    main()
