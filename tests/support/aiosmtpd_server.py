"""An SMTP server by aiosmtpd that does wrong what it is told to, and prints each mail that it has taken as a line of JSON."""

import argparse
import asyncio
import base64
import functools
import json
import ssl

from aiosmtpd.smtp import SMTP


class Handler:
    def __init__(self, options):
        self.options = options

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address == self.options.refuses:
            return "550 5.1.1 Nobody of that name here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.options.answers:
            return f"{self.options.answers} Not today"
        if self.options.hangs:
            await asyncio.sleep(3600)
        say(
            to=envelope.rcpt_tos,
            encrypted=session.ssl is not None,
            raw=base64.b64encode(envelope.original_content).decode(),
        )
        if self.options.drops:
            # What was written is still sent; then the line goes dead.
            server.transport.write(b"250 OK\r\n")
            server.transport.close()
        return "250 OK"


def say(**facts):
    print(json.dumps(facts), flush=True)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--refuses")
    parser.add_argument("--answers", type=int)
    parser.add_argument("--hangs", action="store_true")
    parser.add_argument("--drops", action="store_true")
    options = parser.parse_args()
    context = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)
    make = functools.partial(
        SMTP, Handler(options), hostname="localhost", tls_context=context, require_starttls=context is not None
    )
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", options.port)
    say(ready=True)
    await server.serve_forever()


asyncio.run(main())
