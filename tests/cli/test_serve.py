"""`orderwell serve` and `orderwell worker` as an operator meets them."""

from __future__ import annotations

import http.client
import ssl
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest

from orderwell.testing.installation import Server, free_port

pytestmark = pytest.mark.concurrency
MEGABYTE = 1 << 20


def get(port: int, path: str = "/api/v1/orders") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def wait_for(condition, seconds=40.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return True
        except OSError:
            pass
        time.sleep(0.1)
    return False


def states(installation) -> dict[str, str]:
    answer = installation.orderwell("doctor", check=False)
    return {check["name"]: check["state"] for check in answer["checks"]}


def test_the_small_installation_is_two_processes_that_hold_many_clients(installation) -> None:
    with installation.serving("--worker", "inside", "--workers", "1") as server:
        assert len(server.processes()) == 2
        assert wait_for(lambda: states(installation)["worker"] == "ok")
        assert server.memory() < 200 * MEGABYTE, f"{server.memory() / MEGABYTE:.0f} MB idle"

        answers: list[int | str] = []

        def client() -> None:
            # Connections stay open between requests, as those of browsers and other programs do.
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            try:
                for _ in range(3):
                    connection.request("GET", "/api/v1/orders")
                    response = connection.getresponse()
                    response.read()
                    answers.append(response.status)
            except OSError as error:
                answers.append(repr(error))
            finally:
                connection.close()

        threads = [threading.Thread(target=client) for _ in range(128)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(answers) == {401}, "no key was given, and nothing else was wrong"
        assert len(answers) == 3 * 128

        web = server.processes()[1]
        web.kill()
        assert wait_for(lambda: get(server.port) == 401), "a web process that dies is replaced"

        server.process.terminate()
        assert server.process.wait(timeout=30) == 0
    log = server.log.read_text()
    assert log.count("INFO orderwell.jobs worker") == 3, "two started, and the one that was not killed stopped tidily"
    assert "Traceback" not in log


def test_tls_is_built_in(installation, tmp_path) -> None:
    certificate, key = self_signed(tmp_path)
    installation.settings |= {"ORDERWELL_TLS_CERT": str(certificate), "ORDERWELL_TLS_KEY": str(key)}
    port, log = free_port(), tmp_path / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "orderwell", "serve", "--port", str(port)],
            env=installation.environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server = Server(process, port, log)
    try:
        trust = ssl.create_default_context(cafile=str(certificate))

        def answer() -> bool:
            connection = http.client.HTTPSConnection("localhost", port, timeout=10, context=trust)
            connection.request("GET", "/api/v1/orders")
            return connection.getresponse().status == 401

        assert wait_for(answer), server.log_tail()
    finally:
        server.stop()
    assert f"https://127.0.0.1:{port}" in log.read_text()


def test_a_certificate_without_its_key_is_refused(installation, tmp_path) -> None:
    certificate, _ = self_signed(tmp_path)
    installation.settings["ORDERWELL_TLS_CERT"] = str(certificate)
    answer = installation.orderwell("serve", check=False)
    assert answer["errors"][0]["code"] == "bad_environment"


def test_a_taken_port_is_told(installation) -> None:
    with installation.serving() as server:
        done = installation.python("-m", "orderwell", "serve", "--port", str(server.port), "--json", check=False)
        assert done.returncode == 1
        assert "port_taken" in done.stdout
        assert "Traceback" not in done.stderr


def test_a_host_that_nobody_knows_is_no_taken_port(installation) -> None:
    for host in ("nowhere.invalid", "a..b"):
        answer = installation.orderwell("serve", "--host", host, check=False)
        assert answer["errors"][0]["code"] == "unknown_host"


def test_the_worker_beats_and_stops_on_request(installation) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "orderwell", "worker", "--json"],
        env=installation.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert wait_for(lambda: states(installation)["worker"] == "ok")
        process.terminate()
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0, err
    assert '"worker"' in out
    assert states(installation)["worker"] == "problem"


def self_signed(directory):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    from orderwell.kernel.clock import utc_now

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(utc_now() - timedelta(days=1))
        .not_valid_after(utc_now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = directory / "cert.pem", directory / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files
