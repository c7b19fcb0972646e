"""python-telegram-bot: an Application with one CommandHandler for each command, fed by process_update."""

from __future__ import annotations

import json

from telegram import Update, __version__
from telegram.ext import Application, CommandHandler, ContextTypes
from telegram.request import BaseRequest, RequestData

from benchmarks.measure import Handle, Sent, main
from benchmarks.updates import ME_BODY, REPLY_BODY, TOKEN, command_name, reply_to


class Platform(BaseRequest):
    """Takes requests as the HTTP client would, and answers at once, in memory."""

    def __init__(self, sent: Sent) -> None:
        self._sent = sent
        self._reply = REPLY_BODY.encode()

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        return None

    async def shutdown(self) -> None:
        return None

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: object, **kwargs: object
    ) -> tuple[int, bytes]:
        if url.endswith("/sendMessage") and request_data is not None:
            fields = request_data.json_parameters
            self._sent.append((int(fields["chat_id"]), fields["text"]))
            return 200, self._reply
        return 200, ME_BODY.encode()


def command(name: str) -> CommandHandler:
    """A command's handler."""

    async def handler(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await update.message.reply_text(reply_to(name, " ".join(context.args)))

    return CommandHandler(name, handler)


async def setup(commands: int, sent: Sent) -> Handle:
    """An application as `Application.builder()` makes it; only the network is replaced."""
    application = (
        Application.builder()
        .token(TOKEN)
        .request(Platform(sent))
        .get_updates_request(Platform(sent))
        .updater(None)
        .job_queue(None)
        .build()
    )
    for number in range(commands):
        application.add_handler(command(command_name(number)))
    await application.initialize()

    async def handle(raw: bytes) -> None:
        await application.process_update(Update.de_json(json.loads(raw), application.bot))

    return handle


if __name__ == "__main__":
    main("python-telegram-bot", __version__, setup)
