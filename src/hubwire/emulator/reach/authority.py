"""A certificate authority that lives as long as one run, and can speak for HubSpot's hosts only."""

from __future__ import annotations

import datetime
import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hubwire.emulator.reach.hosts import DOMAINS, NAMES

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.x509 import Certificate, CertificateBuilder, KeyUsage

ISSUER = "hubwire emulator (one run only)"
LIFE = datetime.timedelta(days=30)
SLACK = datetime.timedelta(days=1)
"""How far the clocks of containers and hosts may be apart."""


@dataclass(frozen=True, slots=True)
class Authority:
    """What a run needs of it: the certificate to be trusted, and a TLS context that presents the leaf."""

    pem: str
    context: ssl.SSLContext


def new_authority(folder: Path) -> Authority:
    """A fresh authority. `folder` holds the leaf's key for a moment; the authority's own is written nowhere.

    Its key is forgotten when this returns, and its name constraints permit HubSpot's domains only: a
    certificate that somebody still trusts afterwards is of no use to anybody.
    """
    try:
        from cryptography.hazmat.primitives.asymmetric import ec
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "the local certificates need cryptography: pip install 'hubwire[emulator]'", name="cryptography"
        ) from None
    key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _root(key)
    leaf = _leaf(leaf_key.public_key(), key)
    return Authority(_pem(root), _context(folder, _pem(leaf), leaf_key))


def _root(key: EllipticCurvePrivateKey) -> Certificate:
    from cryptography import x509

    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = _started(ISSUER, ISSUER, key.public_key())
    builder = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.NameConstraints([x509.DNSName(domain) for domain in DOMAINS], None), critical=True
        )
    )
    return _signed(builder, key)


def _leaf(public: EllipticCurvePublicKey, key: EllipticCurvePrivateKey) -> Certificate:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    names = (*NAMES, *(name for domain in DOMAINS for name in (domain, f"*.{domain}")))
    builder = (
        _started(NAMES[0], ISSUER, public)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    return _signed(builder, key)


def _started(subject: str, issuer: str, public: EllipticCurvePublicKey) -> CertificateBuilder:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(named(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLACK)
        .not_valid_after(now + LIFE)
    )


def _signed(builder: CertificateBuilder, key: EllipticCurvePrivateKey) -> Certificate:
    from cryptography.hazmat.primitives import hashes

    return builder.sign(key, hashes.SHA256())


def _usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> KeyUsage:
    from cryptography.x509 import KeyUsage

    return KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: Certificate) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def _context(folder: Path, certificate: str, key: EllipticCurvePrivateKey) -> ssl.SSLContext:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "leaf.pem"
    # `load_cert_chain` reads files only.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(certificate.encode("ascii") + secret)
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
    finally:
        path.unlink()
    context.set_alpn_protocols(["http/1.1"])
    return context
