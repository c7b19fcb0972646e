"""The web shell: one server for residents' pages, the staff's desk and the adapters' endpoints.

What plugins and adapters use of it::

    from botkit.web import api_error, member, render, staff

    @staff("officer", "backup", "commander")
    async def queue(request: web.Request) -> web.Response:
        return render(request, "handoff/queue.html", cases=..., me=member(request))

Templates extend ``desk.html`` (staff) or ``base.html`` (everybody); ``{{ t("plugin.key") }}`` says a text.
"""

from botkit.web.errors import api_error, error_response
from botkit.web.language import language_of
from botkit.web.layout import render
from botkit.web.security import asks_only
from botkit.web.sessions import member, staff
from botkit.web.shell import services_of, shell_of

__all__ = [
    "api_error",
    "asks_only",
    "error_response",
    "language_of",
    "member",
    "render",
    "services_of",
    "shell_of",
    "staff",
]
