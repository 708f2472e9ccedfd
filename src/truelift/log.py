"""Log: one JSON object a line on stderr, with the id of the request it belongs to.

In:   records of the standard library's logging, under `truelift`.
Out:  lines that a collector of logs reads; no secret, no address of a person, no query string.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import secrets
import sys
from contextvars import ContextVar
from typing import TextIO

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id of the request that is being answered."""

_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def request_id(given: str | None) -> str:
    """Take a request's own id when it can stand in a line, else make one."""
    return given if given and _ID.fullmatch(given) else secrets.token_hex(8)


class Lines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Write time, level, logger, sentence, the request's id, and what else was given."""
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC)
        told: dict[str, object] = {
            "at": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := REQUEST.get():
            told["request"] = request
        told |= {name: value for name, value in vars(record).items() if name not in _USUAL}
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


def begin(stream: TextIO | None = None, level: int = logging.INFO) -> logging.Handler:
    """Write the house's log to a stream (stderr); `end` takes the handler away again."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines())
    for name in ("truelift", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(level if name == "truelift" else logging.WARNING)
    return handler


def end(handler: logging.Handler) -> None:
    """Write no more."""
    for name in ("truelift", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [each for each in logger.handlers if each is not handler]
        logger.propagate = True
