"""The parts by which programs that call HubSpot's hosts come to the emulator."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509

from hubwire.emulator.reach import environment
from hubwire.emulator.reach.authority import Authority, new_authority
from hubwire.emulator.reach.hosts import is_hubspot, matches
from hubwire.emulator.reach.proxy import Policy, Way, open_way

pytestmark = pytest.mark.socket

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return new_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def asked() -> list[bytes]:
    """Heads of the requests that came to `backend`."""
    return []


@pytest.fixture
def backend(asked: list[bytes]) -> Iterator[tuple[str, int]]:
    """Answers every connection once, in the clear."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    head = connection.recv(65536)
                    if head == b"enough":
                        return
                    asked.append(head)
                    connection.sendall(ANSWER)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield address
        with socket.create_connection(address) as last:
            last.sendall(b"enough")
        thread.join()


@contextmanager
def connected(way: Way) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", way.proxy_port), timeout=30) as one:
        yield one


def everything(one: socket.socket) -> bytes:
    parts = []
    while part := one.recv(65536):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("api.hubapi.com", True),
        ("API.HubSpot.com.", True),
        ("hubspot.com", True),
        ("api-eu1.hubapi.com", True),
        ("nothubspot.com", False),
        ("hubspot.com.example.com", False),
        ("example.com", False),
        ("", False),
    ],
)
def test_hubspots_hosts_are_known_by_their_domain(host: str, ours: bool) -> None:
    assert is_hubspot(host) is ours


@pytest.mark.parametrize(
    ("host", "allowed", "through"),
    [
        ("pypi.org", {"pypi.org"}, True),
        ("PyPI.org", {"pypi.org"}, True),
        ("files.pypi.org", {"pypi.org"}, False),
        ("files.pypi.org", {"*.pypi.org"}, True),
        ("pypi.org", {"*.pypi.org"}, False),
        ("pypi.org", {"*"}, True),
        ("pypi.org", set(), False),
    ],
)
def test_an_allowed_host_is_named_or_below_a_star(host: str, allowed: set[str], through: bool) -> None:
    assert matches(host, frozenset(allowed)) is through


def test_the_authority_can_speak_for_hubspots_domains_only(authority: Authority) -> None:
    root = x509.load_pem_x509_certificate(authority.pem.encode())
    limits = root.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    assert [name.value for name in limits.value.permitted_subtrees or ()] == ["hubapi.com", "hubspot.com"]


def test_no_key_stays_on_disk(tmp_path: Path) -> None:
    new_authority(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_tunnel_to_hubspot_ends_in_tls_that_the_authority_vouches_for(
    authority: Authority, backend: tuple[str, int], asked: list[bytes]
) -> None:
    trusting = ssl.create_default_context(cadata=authority.pem)
    with open_way(Policy(backend), authority.context) as way, connected(way) as one:
        one.sendall(b"CONNECT api.hubapi.com:443 HTTP/1.1\r\nHost: api.hubapi.com:443\r\n\r\n")
        assert one.recv(65536) == b"HTTP/1.1 200 Connection established\r\n\r\n"
        with trusting.wrap_socket(one, server_hostname="api.hubapi.com") as secure:
            secure.sendall(b"GET /x HTTP/1.1\r\nHost: api.hubapi.com\r\n\r\n")
            assert secure.recv(65536) == ANSWER
        assert (way.traffic.tunnels, way.traffic.sessions) == (1, 1)
    assert asked == [b"GET /x HTTP/1.1\r\nHost: api.hubapi.com\r\n\r\n"]


def test_whoever_does_not_know_the_authority_does_not_trust_it(
    authority: Authority, backend: tuple[str, int]
) -> None:
    with open_way(Policy(backend), authority.context) as way:
        with connected(way) as one:
            one.sendall(b"CONNECT api.hubapi.com:443 HTTP/1.1\r\n\r\n")
            one.recv(65536)
            with pytest.raises(ssl.SSLCertVerificationError):
                ssl.create_default_context(cafile=None).wrap_socket(one, server_hostname="api.hubapi.com")
        assert (way.traffic.tunnels, way.traffic.sessions) == (1, 0)


def test_axios_way_of_asking_a_proxy_reaches_the_emulator_too(
    authority: Authority, backend: tuple[str, int], asked: list[bytes]
) -> None:
    head = b"GET https://api.hubapi.com/x?a=1 HTTP/1.1\r\nHost: api.hubapi.com\r\n\r\n"
    with open_way(Policy(backend), authority.context) as way, connected(way) as one:
        one.sendall(head)
        assert everything(one) == ANSWER
    assert asked == [head]


@pytest.mark.parametrize(
    ("head", "status", "told"),
    [
        (b"CONNECT example.com:443 HTTP/1.1\r\n\r\n", b"403", ["example.com"]),
        (b"GET http://example.com/ HTTP/1.1\r\n\r\n", b"403", ["example.com"]),
        (b"GET / HTTP/1.1\r\n\r\n", b"400", []),
        (b"CONNECT example.com:many HTTP/1.1\r\n\r\n", b"400", []),
        (b"\r\n\r\n", b"400", []),
        (b"GET http://[::1 HTTP/1.1\r\n\r\n", b"400", []),
        (b"CONNECT a:1 HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", b"431", []),
    ],
)
def test_what_is_not_for_hubspot_is_refused(
    authority: Authority, backend: tuple[str, int], head: bytes, status: bytes, told: list[str]
) -> None:
    refused: list[str] = []
    with open_way(Policy(backend, refused=refused.append), authority.context) as way:
        for _ in range(2):
            with connected(way) as one:
                one.sendall(head)
                assert one.recv(12) == b"HTTP/1.1 " + status
    assert refused == told


def test_an_allowed_host_is_joined_to(
    authority: Authority, backend: tuple[str, int], asked: list[bytes]
) -> None:
    policy = Policy(("127.0.0.1", 1), frozenset({"127.0.0.1"}))
    with open_way(policy, authority.context) as way, connected(way) as one:
        one.sendall(f"CONNECT 127.0.0.1:{backend[1]} HTTP/1.1\r\n\r\n".encode())
        assert one.recv(39) == b"HTTP/1.1 200 Connection established\r\n\r\n"
        one.sendall(b"anything")
        assert everything(one) == ANSWER
    assert asked == [b"anything"]


def test_a_host_that_cannot_be_reached_is_a_502(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    policy = Policy(("127.0.0.1", port), frozenset({"127.0.0.1"}))
    with open_way(policy, authority.context) as way, connected(way) as one:
        one.sendall(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode())
        assert everything(one).startswith(b"HTTP/1.1 502")


def test_the_end_does_not_wait_for_open_connections(authority: Authority, backend: tuple[str, int]) -> None:
    with open_way(Policy(backend), authority.context) as way:
        idle = socket.create_connection(("127.0.0.1", way.proxy_port), timeout=30)
        idle.sendall(b"CONNECT api.hubapi.com:443 HTTP/1.1\r\n\r\n")
        assert idle.recv(39)
    with idle:
        assert everything(idle) == b""


def test_what_the_parent_trusts_is_trusted_by_the_child(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "company.pem").write_text("of the company\n", "ascii")
    (tmp_path / "node.pem").write_text("of node\n", "ascii")
    parent = {
        "REQUESTS_CA_BUNDLE": str(tmp_path / "company.pem"),
        "NODE_EXTRA_CA_CERTS": str(tmp_path / "node.pem"),
        "NODE_OPTIONS": "--no-warnings",
        "PYTHONPATH": "/lib",
    }
    with open_way(Policy(("127.0.0.1", 1)), authority.context) as way:
        told = environment.variables(tmp_path, way, authority.pem, parent)
    assert Path(told["SSL_CERT_FILE"]).read_text("utf-8") == authority.pem + "\nof the company\n"
    assert Path(told["NODE_EXTRA_CA_CERTS"]).read_text("utf-8") == authority.pem + "\nof node\n"
    assert told["NODE_OPTIONS"].startswith("--no-warnings --require ")
    assert told["PYTHONPATH"].endswith(f"{os.pathsep}/lib")
