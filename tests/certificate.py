"""A certificate for this machine that nobody trusts by himself, and how programs are told to trust it."""

import base64
import hashlib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Certificate:
    """Its file, its key's file, and the hash of its key that Chromium is told."""

    cert: Path
    key: Path
    spki: str

    @property
    def files(self) -> tuple[Path, Path]:
        """Give what a server is started with."""
        return self.cert, self.key

    @property
    def chromium_flag(self) -> str:
        """Give the flag by which Chromium trusts this key and no other, for web pages and for relays alike."""
        return f"--ignore-certificate-errors-spki-list={self.spki}"

    def trusting(self) -> ssl.SSLContext:
        """Make what a client in Python trusts it by."""
        return ssl.create_default_context(cafile=str(self.cert))


def make(folder: Path) -> Certificate:
    """Make one for 127.0.0.1, for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "this machine")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(Encoding.PEM))
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Certificate(cert_file, key_file, base64.b64encode(hashlib.sha256(public).digest()).decode())
