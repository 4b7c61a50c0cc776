"""Whether a server can be started at an address, asked before anything is started."""

import socket


def why_unusable(host: str, port: int) -> str | None:
    """The reason in a few words, or ``None`` when ``port`` on ``host`` is free to listen on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # A port that a stopped server has just left is usable; one that somebody listens on is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
        except OverflowError:
            return "ports go from 0 to 65535"
    return None
