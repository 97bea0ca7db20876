"""The event loop: uvloop's, with a limit to the time of a TLS handshake, before which no connection
is known to anybody else."""

from typing import Any

import uvloop

from web.limits import HEAD_SECONDS


class Loop(uvloop.Loop):
    async def create_server(self, *where: Any, **how: Any) -> Any:
        if how.get("ssl") is not None:
            how["ssl_handshake_timeout"] = HEAD_SECONDS
        return await super().create_server(*where, **how)
