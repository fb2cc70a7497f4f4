"""What an nginx of the tests needs: files of `deploy/nginx` on loopback, and a certificate."""

import re
import subprocess
from pathlib import Path

from tests.support.smtp_servers import HOST


def listening(text: str, http: int, https: int) -> str:
    """Have a file of nginx listen on ports of our own, on this machine only."""
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"\blisten 80\b", f"listen {HOST}:{http}", text)
    return re.sub(r"\blisten 443\b", f"listen {HOST}:{https}", text)


def certify(folder: Path, name: str) -> None:
    """Give a certificate for a name, as certbot puts one in a folder."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
         "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
