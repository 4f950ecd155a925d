"""Requests, retries, and a key that is seen by nobody else."""

import json
import threading

import pytest

from boundary.endpoint import LONGEST_WAIT, Endpoint, several
from boundary.errors import InputError, MachineError
from chat_server import chat_server, completion

KEY = "sk-very-secret"


def endpoint(url, **changes):
    waits = []
    return Endpoint(url, sleep=waits.append, timeout=5, **changes), waits


def test_a_request_and_its_reply():
    with chat_server(lambda *_: "fine") as server:
        reply = endpoint(server.url + "/")[0].ask("chat/completions", {"model": "j"})
        assert reply == json.loads(completion("fine"))
        assert server.paths == ["/v1/chat/completions"]
        assert server.asked == [{"model": "j"}]
        assert "Authorization" not in server.headers[0]


def test_the_key_goes_into_the_header(monkeypatch):
    monkeypatch.setenv("JUDGE_KEY", KEY)
    with chat_server(lambda *_: "fine") as server:
        endpoint(server.url, key_env="JUDGE_KEY")[0].ask("chat/completions", {})
        assert server.headers[0]["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_what_passes_is_tried_again(status):
    def answer(_, number):
        return "fine" if number == 3 else (status, {}, b"busy")

    with chat_server(answer) as server:
        asked, waits = endpoint(server.url)
        assert asked.ask("chat/completions", {}) == json.loads(completion("fine"))
    assert waits == [1.0, 2.0, 4.0]


def test_the_server_says_how_long_to_wait():
    headers = iter(["7", "100000", "Wed, 21 Oct 2026 07:28:00 GMT"])

    def answer(_, number):
        return "fine" if number == 3 else (429, {"Retry-After": next(headers)}, b"")

    with chat_server(answer) as server:
        asked, waits = endpoint(server.url)
        asked.ask("chat/completions", {})
    assert waits == [7.0, LONGEST_WAIT, 4.0]


def test_it_gives_up_and_says_what_to_do():
    with chat_server(lambda *_: (503, {}, b"over capacity")) as server:
        asked, waits = endpoint(server.url, retries=2)
        with pytest.raises(MachineError, match=r"3 attempts.*status 503: over capacity.*run the"):
            asked.ask("chat/completions", {})
    assert len(waits) == 2


@pytest.mark.parametrize("content", [b"not json", b"[1]", b"", b'{"a": "' + b"x" * 2**23 + b'"}'])
def test_nonsense_is_a_fault_of_the_endpoint(content):
    with (
        chat_server(lambda *_: (200, {}, content)) as server,
        pytest.raises(MachineError, match="1 attempts"),
    ):
        endpoint(server.url, retries=0)[0].ask("chat/completions", {})


def test_nobody_there():
    with pytest.raises(MachineError, match="no answer in 2 attempts"):
        endpoint("http://127.0.0.1:9/v1", retries=1)[0].ask("chat/completions", {})


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_refusal_is_not_tried_again_and_hides_the_key(monkeypatch, status):
    monkeypatch.setenv("JUDGE_KEY", KEY)
    with chat_server(lambda *_: (status, {}, f"no such key {KEY}\x1b[31m".encode())) as server:
        with pytest.raises(InputError, match=f"status {status}: no such key") as error:
            endpoint(server.url, key_env="JUDGE_KEY")[0].ask("chat/completions", {})
        assert len(server.asked) == 1
    assert KEY not in str(error.value) and "\x1b" not in str(error.value)


def test_a_redirect_does_not_carry_the_key(monkeypatch):
    monkeypatch.setenv("JUDGE_KEY", KEY)
    with chat_server(lambda *_: "stolen") as thief:
        target = {"Location": f"{thief.url}/chat/completions"}
        with (
            chat_server(lambda *_: (302, target, b"")) as server,
            pytest.raises(InputError, match="status 302"),
        ):
            endpoint(server.url, key_env="JUDGE_KEY")[0].ask("chat/completions", {})
        assert thief.asked == []


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://example.com", "no http or https address"),
        ("file:///etc/passwd", "no http or https address"),
        ("localhost:8000", "no http or https address"),
        ("https://user:word@example.com/v1", "holds a user name or password"),
        ("http://example.com/v1", "without encryption"),
    ],
)
def test_addresses_that_are_refused(monkeypatch, url, message):
    monkeypatch.setenv("JUDGE_KEY", KEY)
    with pytest.raises(InputError, match=message):
        Endpoint(url, key_env="JUDGE_KEY").check()


@pytest.mark.parametrize("url", ["https://example.com/v1", "http://localhost:8000/v1"])
def test_addresses_that_are_not(monkeypatch, url):
    monkeypatch.setenv("JUDGE_KEY", KEY)
    Endpoint(url, key_env="JUDGE_KEY").check()
    Endpoint(url).check()


def test_a_key_that_is_not_set(monkeypatch):
    monkeypatch.delenv("JUDGE_KEY", raising=False)
    with pytest.raises(InputError, match="JUDGE_KEY is not set"):
        Endpoint("https://example.com/v1", key_env="JUDGE_KEY").check()


def test_after_a_fault_nothing_is_asked_and_what_was_asked_still_comes():
    late, asked = threading.Event(), []

    def ask(body):
        asked.append(body)
        if body == 1:
            threading.Timer(0.3, late.set).start()
            raise MachineError("no more")
        late.wait()  # the fault is seen while these are in flight
        return -body

    answers = []
    with pytest.raises(MachineError, match="no more"):
        for answer in several(ask, enumerate(range(9)), 3):
            answers.append(answer)
    assert sorted(answers) == [(0, 0), (2, -2)]
    assert sorted(asked) == [0, 1, 2]
