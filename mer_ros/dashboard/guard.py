"""Who may look: answers to requests that did not come from the dashboard's own page."""

from ipaddress import ip_address
import socket
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a server that is bound to this address."""
    return host == 'localhost' or (_is_address(host) and ip_address(host).is_loopback)


def refusal(host: str | None, origin: str | None, *, wants_origin: bool) -> str:
    """Return why a request is refused, '' when it is not.

    A page elsewhere can let its own name point to this machine and read what is served here (DNS
    rebinding); the name it was reached by then stands in ``host``.  So the host must be an
    address, localhost or this machine's name.  A browser tells with ``origin`` which page opens
    a websocket: it must be one that was served here.

    Args:
        host: the header Host.
        origin: the header Origin.
        wants_origin: the request opens a websocket.

    """
    name = _name_of(f'//{host}')
    own = {'localhost', socket.gethostname().lower(), f'{socket.gethostname().lower()}.local'}
    if not name or not (_is_address(name) or name in own):
        return (f'the host {host!r} is not this machine; use its address or one of '
                f'{", ".join(sorted(own))}')
    if wants_origin and origin != f'http://{host}':
        return f'the page {origin!r} may not connect; open http://{host}/'
    return ''


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _name_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ''
    except ValueError:  # a malformed address in brackets
        return ''
