"""HS201: a webhook handler that believes everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion
from hubwire.lint.verification import State, judge, token_checked
from hubwire.lint.webhooks import find_handlers


class WebhookWithoutSignature(Rule):
    """A function that receives HubSpot webhooks processes events without an enforced signature check.

    A check counts when every path that processes events passes it, in the handler itself, a helper,
    middleware or a framework hook, wherever in the repository that is. A stub, a check that only logs, and
    a check that runs only when the header is present, or when a variable asks for it, do not count.

    Why: the address of a webhook is no secret. Whoever knows it can invent contacts, deals and deletions.
    Instead: verify `X-HubSpot-Signature-v3` over method, full URI, raw body and timestamp, refuse what is
    older than five minutes, compare in constant time, and answer 401 before anything else happens.
    """

    code, name, severity = "HS201", "webhook-without-signature", Severity.ERROR
    references = (
        "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation",
    )
    bad: ClassVar = (
        (
            "app.py",
            "from flask import Flask, request\napp = Flask(__name__)\n\n"
            '@app.route("/hubspot/webhook", methods=["POST"])\ndef webhook():\n'
            "    for event in request.json:\n"
            '        if event["subscriptionType"] == "contact.creation":\n'
            '            sync(event["objectId"])\n'
            '    return "", 200\n',
        ),
        (
            "app.js",
            "app.post('/hubspot/webhook', async (req, res) => {\n  for (const event of req.body) {\n"
            "    if (event.subscriptionType === 'deal.propertyChange') await sync(event.objectId);\n  }\n"
            "  res.sendStatus(200);\n});\n",
        ),
        (
            "app.ts",
            "import { createHmac } from 'crypto';\n"
            "export async function POST(request: Request) {\n  const body = await request.text();\n"
            "  const signature = request.headers.get('x-hubspot-signature-v3');\n"
            "  const expected = createHmac('sha256', process.env.SECRET!).update(body).digest('base64');\n"
            "  if (signature !== expected) {\n    console.warn('bad signature');\n  }\n"
            "  for (const event of JSON.parse(body)) await handle(event.subscriptionType, event.objectId);\n"
            "  return new Response('ok');\n}\n",
        ),
    )
    good: ClassVar = (
        (
            "app.py",
            "from flask import Flask, abort, request\nfrom hubspot.utils.signature import Signature\n"
            "app = Flask(__name__)\n\n"
            '@app.route("/hubspot/webhook", methods=["POST"])\ndef webhook():\n'
            "    if not Signature.is_valid(request.headers['X-HubSpot-Signature-v3'], SECRET, "
            "request.get_data(as_text=True),\n"
            "                              request.url, 'POST', 'v3', "
            "request.headers['X-HubSpot-Request-Timestamp']):\n"
            "        abort(401)\n    for event in request.json:\n"
            '        sync(event["subscriptionType"], event["objectId"])\n'
            '    return "", 200\n',
        ),
        (
            "app.js",
            "const crypto = require('crypto');\nfunction verify(req, res, next) {\n"
            "  const expected = crypto.createHmac('sha256', SECRET).update(source(req)).digest('base64');\n"
            "  if (expected !== req.get('x-hubspot-signature-v3')) return res.sendStatus(401);\n"
            "  next();\n}\n"
            "app.post('/hubspot/webhook', verify, (req, res) => {\n"
            "  for (const event of req.body) sync(event.subscriptionType, event.objectId);\n"
            "  res.sendStatus(200);\n});\n",
        ),
        (
            "app.ts",
            "app.post('/stripe/webhook', (req, res) => {\n  const event = req.body;\n"
            "  hubspotClient.crm.contacts.basicApi.create({ properties: "
            "{ email: event.data.object.email } });\n"
            "  res.sendStatus(200);\n});\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Every handler without an enforced check."""
        for handler in unit.memo(find_handlers):
            state, why = judge(handler)
            if state in (State.ENFORCED, State.UNKNOWN):
                continue
            start = handler.func.start
            weak = token_checked(handler)
            sure = Confidence.HIGH if handler.strong else Confidence.MEDIUM
            wired = handler.wiring
            related = (
                [wired[0].source.place(wired[1].start, wired[1].end, "registered here")] if wired else []
            )
            yield self.at(
                handler.unit, (start, min(handler.func.body, start + 200)),
                f"HubSpot webhooks are processed here without an enforced signature check: {why}",
                confidence=Confidence.LOW if weak else sure,
                related=related,
                fix=suggestion("verify X-HubSpot-Signature-v3 first, over the raw body, and answer 401"),
            )  # fmt: skip
