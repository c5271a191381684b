"""Which webhook handlers count as verified."""

from __future__ import annotations

import pytest

from hubwire.lint import lint_files
from hubwire.lint.config import Config

LOOP = "for (const event of req.body) sync(event.subscriptionType, event.objectId);"
HASH = "crypto.createHmac('sha256', SECRET).update(source(req)).digest('base64')"
VERIFY = f"function verifySignature(req) {{ return {HASH} === req.headers['x-hubspot-signature-v3']; }}\n"
EXPRESS = "app.post('/hubspot/webhook', {guard}(req, res) => {{ {before} {loop} res.sendStatus(200); }});\n"


def express(before: str = "", guard: str = "", head: str = "", loop: str = LOOP) -> dict[str, str]:
    return {"app.js": head + EXPRESS.format(before=before, guard=guard, loop=loop)}


BAD = {
    "a controller wired by a container": {
        "src/HubSpotController.ts": "export class HubSpotController {\n"
        "  async handleWebhook(req: Request, res: Response) {\n"
        "    const body = req.body;\n    await this.service.sync(body.objectType, body.properties);\n"
        "    res.status(200).json({});\n  }\n}\n"
    },
    "a method of a cloud function that opens the events": {
        "note_sync.py": "class NoteSync(Base):\n    def _execute(self, event, context):\n"
        "        for item in self._parse_body(event):\n"
        "            if 'contact.creation' in item.get('subscriptionType', ''):\n"
        "                self.sync(item.get('objectId'))  # hubspot\n"
    },
    "a function that says whose webhook it takes": {
        "hubspot_events.py": "def handle_webhook_from_hubspot(event, sqs):\n"
        "    body = event.get('body', None)\n"
        "    return sqs.send_message(QueueUrl=QUEUE, MessageBody=body)\n"
    },
    "a workflow's webhook on Netlify": {
        "netlify/functions/webhook-handler.js": "exports.handler = async function (event, context) {\n"
        "  const contact = JSON.parse(event.body);\n"
        "  const url = `https://api.hubapi.com/contacts/v1/contact/vid/${contact.hs_object_id}/profile`;\n"
        "  await axios.post(url, fix(contact));\n"
        "  return { statusCode: 200 };\n};\n"
    },
    "several routes in a file of webhooks": {
        "routes/webhooks.ts": "router.post('/deal-created', async (req, res) => {\n"
        "  for (const event of req.body) queue(event.objectId, event.portalId); // hubspot\n"
        "  res.status(200).json({ received: true });\n});\n"
    },
    "no check at all": express(),
    "a check that only logs": express("if (!verifySignature(req)) { console.warn('bad'); }", head=VERIFY),
    "a check whose result is dropped": express("verifySignature(req);", head=VERIFY),
    "a check only when the header is there": express(
        "const signature = req.headers['x-hubspot-signature-v3'];"
        "if (signature && SECRET) { if (!verifySignature(req)) return res.sendStatus(401); }",
        head=VERIFY,
    ),
    "a condition that a missing header turns off": express(
        "const signature = req.headers['x-hubspot-signature'];"
        "if (signature && !verifySignature(req)) { return res.sendStatus(401); }",
        head=VERIFY,
    ),
    "a stub": express(
        "if (!verifySignature(req)) return res.sendStatus(401);",
        head="function verifySignature(req) { return true; }\n",
    ),
    "middleware that checks only when the header is there": express(
        guard="check, ",
        head="const check = (req, res, next) => {\n  if (req.headers['x-hubspot-signature']) {\n"
        f"    const hash = {HASH};\n"
        "    if (hash !== req.headers['x-hubspot-signature']) return res.status(401).end();\n  }\n"
        "  next();\n};\n",
    ),
    "a handler registered in another file": {
        "routes.js": "const { handleHubSpotWebhook } = require('./webhooks');\n"
        "app.post('/hubspot/events', handleHubSpotWebhook);\n",
        "webhooks.js": f"exports.handleHubSpotWebhook = async (req, res) => {{ {LOOP} res.send('ok'); }};\n",
    },
    "fastapi": {
        "main.py": "@app.post('/hubspot/webhook')\nasync def hook(request: Request):\n"
        "    for event in await request.json():\n"
        "        await handle(event['subscriptionType'], event['objectId'])\n"
    },
    "lambda": {
        "hubspot_hook.py": "import json\ndef lambda_handler(event, context):\n"
        "    for e in json.loads(event['body']):\n        save(e['subscriptionType'], e['objectId'])\n"
    },
}
BAD |= {
    "a worker that routes by hand": {
        "worker.ts": "async function handleWebhook(req: Request, env: Env) "
        "{\n  const events = await req.json();\n"
        "  for (const e of events) await sync(e.subscriptionType, e.objectId); // hubspot\n"
        "  return new Response('ok');\n}\n"
        "export default { fetch: (req, env) => handleWebhook(req, env) };\n",
    },
    "a bound method of a controller in another file": {
        "routes.ts": "import { HubspotController } from './hubspot.controller';\n"
        "const controller = new HubspotController();\n"
        "router.post('/hubspot/webhook', controller.receive.bind(controller));\n",
        "hubspot.controller.ts": "export class HubspotController {\n  async receive(req, res) {\n"
        "    for (const e of req.body) await this.run(e.subscriptionType, e.objectId);\n    res.end();\n"
        "  }\n}\n",
    },
    "an arrow that calls a controller": {
        "routes.ts": "import { HubspotController } from './hubspot.controller';\n"
        "const controller = new HubspotController();\n"
        "router.post('/hubspot/webhook', (req, res) => controller.receive(req, res));\n",
        "hubspot.controller.ts": "export class HubspotController {\n  async receive(req, res) {\n"
        "    for (const e of req.body) await this.run(e.subscriptionType, e.objectId);\n    res.end();\n"
        "  }\n}\n",
    },
    "flask blueprint": {
        "hooks.py": "@bp.route('/webhooks/hubspot', methods=['POST'])\ndef hubspot():\n"
        "    for e in request.get_json():\n        run(e['subscriptionType'], e['objectId'])\n"
        "    return '', 200\n"
    },
    "django view": {
        "views.py": "@csrf_exempt\ndef hubspot_webhook(request):\n    for e in json.loads(request.body):\n"
        "        run(e['subscriptionType'], e['objectId'])\n    return HttpResponse(status=200)\n"
    },
    "python check that only logs": {
        "main.py": "import hashlib, hmac\ndef verify_signature(body, signature):\n"
        "    return hmac.compare_digest(hmac.new(KEY, body, hashlib.sha256).hexdigest(), signature)\n\n"
        "@app.post('/hubspot/webhook')\nasync def hook(request: Request):\n    body = await request.body()\n"
        "    if not verify_signature(body, request.headers.get('x-hubspot-signature')):\n"
        "        logger.warning('bad signature')\n"
        "    for e in json.loads(body):\n        await run(e['subscriptionType'], e['objectId'])\n"
    },
    "python check when the header is there": {
        "main.py": "import hashlib, hmac\ndef verify_signature(body, signature):\n"
        "    return hmac.compare_digest(hmac.new(KEY, body, hashlib.sha256).hexdigest(), signature)\n\n"
        "@app.post('/hubspot/webhook')\nasync def hook(request: Request):\n    body = await request.body()\n"
        "    signature = request.headers.get('x-hubspot-signature')\n"
        "    if signature:\n        if not verify_signature(body, signature):\n"
        "            raise HTTPException(401)\n"
        "    for e in json.loads(body):\n        await run(e['subscriptionType'], e['objectId'])\n"
    },
}
GOOD = {
    "a coded action that a workflow runs": {
        "action.js": "exports.main = async (event, callback) => {\n  const id = event.object.objectId;\n"
        "  const wanted = JSON.parse(event.inputFields['wanted']);\n"
        "  await axios.post('https://api.hubapi.com/crm/v3/objects/products/search', query(wanted, id));\n"
        "  callback({ outputFields: { id } });\n};\n"
    },
    "the back end of a UI extension": {
        "app.functions/run.js": "exports.main = async (context, event) => {\n"
        "  const client = new Client({ accessToken: process.env.PRIVATE_APP_ACCESS_TOKEN });\n"
        "  const { objectId, propertyName } = event.body;\n"
        "  return client.crm.deals.basicApi.update(objectId, change(propertyName));\n};\n"
    },
    "a form of another site that is sent on to HubSpot": {
        "api/webhook.js": "module.exports = async (req, res) => {\n  const form = req.body.data;\n"
        "  await axios.post('https://api.hubapi.com/crm/v3/objects/contacts/search', { filterGroups: [\n"
        "    { filters: [{ propertyName: 'email', operator: 'EQ', value: form.email }] }] });\n"
        "  res.status(200).end();\n};\n"
    },
    "refused inline": express(
        f"if ({HASH} !== req.headers['x-hubspot-signature-v3']) return res.sendStatus(401);"
    ),
    "refused by helper": express("if (!verifySignature(req)) return res.status(401).end();", head=VERIFY),
    "refused through a variable": express(
        "const ok = verifySignature(req); if (!ok) { return res.sendStatus(401); }", head=VERIFY
    ),
    "a missing header is refused first": express(
        "const signature = req.headers['x-hubspot-signature']; if (!signature) return res.sendStatus(401);"
        "if (signature && !verifySignature(req)) { return res.sendStatus(401); }",
        head=VERIFY,
    ),
    "processed only when valid": express(f"if (verifySignature(req)) {{ {LOOP} }}", head=VERIFY, loop=""),
    "a helper that throws": express(
        "assertSignature(req);",
        head=VERIFY + "function assertSignature(req) { if (!verifySignature(req)) throw new Error('no'); }\n",
    ),
    "middleware": express(
        guard="guard, ",
        head=VERIFY + "function guard(req, res, next) {\n"
        "  if (!verifySignature(req)) return res.sendStatus(401);\n  next();\n}\n",
    ),
    "app.use": {
        "app.js": VERIFY
        + "app.use((req, res, next) => { if (!verifySignature(req)) return res.sendStatus(401); next(); });\n"
        + EXPRESS.format(guard="", before="", loop=LOOP)
    },
    "body parser hook": {
        "app.js": "app.use(express.json({ verify: (req, res, buf) => {\n"
        f"  if ({HASH} !== req.headers['x-hubspot-signature']) throw new Error('signature');\n}} }}));\n"
        + EXPRESS.format(guard="", before="", loop=LOOP)
    },
    "helper in another file": {
        "app.ts": "import { verifySignature } from './lib/verify';\n"
        + EXPRESS.format(
            guard="", before="if (!verifySignature(req)) return res.sendStatus(401);", loop=LOOP
        ),
        "lib/verify.ts": "export " + VERIFY,
    },
    "mounted behind middleware in another file": {
        "server.js": "const hooks = require('./hooks');\nconst { guard } = require('./guard');\n"
        "app.use('/hubspot', guard, hooks);\n",
        "hooks.js": f"router.post('/webhook', (req, res) => {{ {LOOP} res.end(); }});\n"
        "module.exports = router; // hubspot\n",
        "guard.js": VERIFY + "exports.guard = (req, res, next) => {\n"
        "  if (!verifySignature(req)) return res.sendStatus(401);\n  next();\n};\n",
    },
    "an imported verifier that cannot be seen": express(
        "if (!verifyHubspotSignature(req)) return res.sendStatus(401);",
        head="import { verifyHubspotSignature } from '@acme/hooks';\n",
    ),
    "fastapi dependency": {
        "main.py": "import hashlib, hmac\ndef verify_signature(request: Request):\n"
        "    if not hmac.compare_digest(digest(request), request.headers['x-hubspot-signature-v3']):\n"
        "        raise HTTPException(401)\n\n"
        "@app.post('/hubspot/webhook')\nasync def hook(request: Request, _=Depends(verify_signature)):\n"
        "    for event in await request.json():\n"
        "        await handle(event['subscriptionType'], event['objectId'])\n"
    },
    "nest guard": {
        "hubspot.controller.ts": "import { HubspotSignatureGuard } from './hubspot.guard';\n"
        "@Controller('hubspot')\n"
        "export class HubspotController {\n  @Post('webhook')\n  @UseGuards(HubspotSignatureGuard)\n"
        "  receive(@Body() events: any[]) "
        "{ for (const e of events) this.run(e.subscriptionType, e.objectId); }\n}\n",
        "hubspot.guard.ts": "export class HubspotSignatureGuard {\n  canActivate(context) {\n"
        "    const hash = createHmac('sha256', SECRET).update(body).digest('base64');\n"
        "    if (hash !== request.headers['x-hubspot-signature-v3']) throw new UnauthorizedException();\n"
        "    return true;\n  }\n}\n",
    },
    "a receiver of another vendor": {
        "app.js": "app.post('/webhooks/typeform', (req, res) => "
        "{ hubspot.create(req.body.form_response); res.end(); });\n"
    },
}

PY_VERIFY = (
    "import hashlib, hmac\ndef verify_signature(body, signature):\n"
    "    return hmac.compare_digest(hmac.new(KEY, body, hashlib.sha256).hexdigest(), signature)\n\n"
)
PY_HOOK = (
    "@app.post('/hubspot/webhook')\nasync def hook(request: Request):\n    body = await request.body()\n"
    "{check}    for e in json.loads(body):\n        await run(e['subscriptionType'], e['objectId'])\n"
)
GOOD |= {
    "python helper": {
        "main.py": PY_VERIFY
        + PY_HOOK.format(
            check="    if not verify_signature(body, request.headers['x-hubspot-signature']):\n"
            "        raise HTTPException(status_code=401)\n"
        )
    },
    "python official helper": {
        "main.py": "from hubspot.utils.signature import Signature\n"
        + PY_HOOK.format(
            check="    if not Signature.is_valid(sig, KEY, body):\n        return Response(401)\n"
        )
    },
    "python inline": {
        "main.py": "import hashlib\n"
        + PY_HOOK.format(
            check="    expected = hashlib.sha256(SECRET + body).hexdigest()\n"
            "    if expected != request.headers['x-hubspot-signature']:\n        raise HTTPException(403)\n"
        )
    },
    "python helper that raises": {
        "main.py": PY_VERIFY + "def require_signature(request, body):\n"
        "    if not verify_signature(body, request.headers['x-hubspot-signature']):\n"
        "        raise HTTPException(401)\n\n"
        + PY_HOOK.format(check="    require_signature(request, body)\n")
    },
    "python helper in a package": {
        "app/main.py": "from app.security import verify_signature\n"
        + PY_HOOK.format(
            check="    if not verify_signature(body, request.headers['x-hubspot-signature']):\n"
            "        abort(401)\n"
        ),
        "app/security.py": PY_VERIFY,
    },
    "flask decorator": {
        "hooks.py": "from functools import wraps\n" + PY_VERIFY + "def hubspot_signature_required(view):\n"
        "    @wraps(view)\n    def inner(*args):\n"
        "        if not verify_signature(request.data, request.headers['x-hubspot-signature']):\n"
        "            abort(401)\n"
        "        return view(*args)\n    return inner\n\n"
        "@bp.route('/webhooks/hubspot', methods=['POST'])\n@hubspot_signature_required\ndef hubspot():\n"
        "    for e in request.get_json():\n        run(e['subscriptionType'], e['objectId'])\n"
        "    return '', 200\n"
    },
    "flask before_request": {
        "hooks.py": PY_VERIFY + "@bp.before_request\ndef check():\n"
        "    if not verify_signature(request.data, request.headers['x-hubspot-signature']):\n"
        "        abort(401)\n\n"
        "@bp.route('/webhooks/hubspot', methods=['POST'])\ndef hubspot():\n"
        "    for e in request.get_json():\n        run(e['subscriptionType'], e['objectId'])\n"
        "    return '', 200\n"
    },
    "python missing secret ends the request": {
        "main.py": PY_VERIFY
        + PY_HOOK.format(
            check="    sent = request.headers.get('x-hubspot-signature', '')\n"
            "    if not KEY or not verify_signature(body, sent):\n"
            "        raise HTTPException(401)\n"
        )
    },
}


def found(files: dict[str, str]) -> list[str]:
    report = lint_files({k: v.encode() for k, v in files.items()}, Config(select=("HS201",)))
    return [f"{f.place.path}:{f.place.line}: {f.message}" for f in report.findings]


@pytest.mark.parametrize("name", BAD)
def test_an_unverified_handler_is_found(name: str) -> None:
    assert len(found(BAD[name])) == 1


@pytest.mark.parametrize("name", GOOD)
def test_a_verified_handler_is_left_alone(name: str) -> None:
    assert found(GOOD[name]) == []
