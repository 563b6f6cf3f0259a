import asyncio
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from completions import Completions, Responses
from config import Config
from upstream import UpstreamError

MESSAGES = [{"role": "user", "content": "a"}]


def chunk(delta, finish_reason=None):
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return {"id": "a", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def delta(text):
    place = {"item_id": "a", "output_index": 0, "content_index": 0, "sequence_number": 1}
    return {"type": "response.output_text.delta", "delta": text, "logprobs": [], **place}


def response(kind):
    whole = {"id": "a", "object": "response", "created_at": 1, "model": "m", "output": []}
    settings = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
    return {"type": f"response.{kind}", "response": whole | settings, "sequence_number": 0}


def text_of(client, events, validates=True):
    """What a client makes of these events, and what it asked for."""
    asked = []

    class Upstream(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append((self.path, json.loads(self.rfile.read(int(self.headers["content-length"])))))
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            for event in events:
                self.wfile.write(f"data: {event if event == '[DONE]' else json.dumps(event)}\n\n".encode())

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Upstream)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/v1"

    async def ask():
        completions = client(
            Config(
                port=0,
                cores=1,
                base_url=address,
                api_key="key",
                model="model",
                silence_seconds=5,
                client="",
                transport="aiohttp",
                validates=validates,
                loop="",
            )
        )
        try:
            return await completions.text(MESSAGES)
        finally:
            await completions.close()

    try:
        return asyncio.run(ask()), asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("validates", [True, False])
def test_a_chat_completion_is_read_to_its_finish_reason(validates):
    events = [chunk({"content": ""}), chunk({"content": "é"}), chunk({}, "stop"), "[DONE]"]
    assert text_of(Completions, events, validates) == (
        "é",
        [("/v1/chat/completions", {"model": "model", "messages": MESSAGES, "stream": True})],
    )


@pytest.mark.parametrize("validates", [True, False])
def test_a_response_is_read_to_its_completion(validates):
    events = [response("created"), delta("é"), delta(" b"), response("completed")]
    assert text_of(Responses, events, validates) == (
        "é b",
        [("/v1/responses", {"model": "model", "input": MESSAGES, "stream": True})],
    )


@pytest.mark.parametrize(
    ("client", "events", "text"),
    [
        (Completions, [chunk({"content": "a"}), "[DONE]"], "upstream ended early"),
        (Completions, [{"choices": 7}], "upstream sent a malformed chunk"),
        (Responses, [delta("a")], "upstream ended early"),
        (Responses, [delta("a"), response("failed")], "upstream reported an error"),
        (Responses, [{"type": "response.output_text.delta"}], "upstream sent a malformed chunk"),
    ],
)
def test_a_stream_that_was_cut_or_failed_is_an_error(client, events, text):
    with pytest.raises(UpstreamError) as failed:
        text_of(client, events)
    assert (failed.value.status, failed.value.text) == (502, text)
