'use strict'

const assert = require('node:assert/strict')
const http = require('node:http')
const { Client, Signature } = require('@hubspot/api-client')

/** A receiver that keeps the first request it gets. */
function receiver() {
  let arrived
  const came = new Promise((resolve) => { arrived = resolve })
  const server = http.createServer((request, response) => {
    const parts = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      response.writeHead(200).end()
      arrived({ headers: request.headers, body: Buffer.concat(parts).toString() })
    })
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({ url: `http://127.0.0.1:${server.address().port}/hooks?tenant=1`, came, close: () => server.close() })
    })
  })
}

module.exports = {
  'what arrives is signed as the client expects': async ({ hub, env, basePath, word }) => {
    const developer = new Client({ developerApiKey: env.DEVELOPER_API_KEY, basePath })
    const { settingsApi, subscriptionsApi } = developer.webhooks
    const app = Number(env.APP_ID)
    const here = await receiver()
    const settings = await settingsApi.configure(app, {
      targetUrl: here.url, throttling: { maxConcurrentRequests: 10 },
    })
    assert.equal(settings.targetUrl, here.url)
    const made = await subscriptionsApi.create(app, { eventType: 'contact.creation', active: true })
    const contact = await hub.crm.contacts.basicApi.create({ properties: { email: `${word('h')}@example.com` } })
    const { headers, body } = await here.came
    await subscriptionsApi.archive(Number(made.id), app)
    await settingsApi.clear(app)
    here.close()
    const [event] = JSON.parse(body)
    assert.equal(String(event.objectId), contact.id)
    assert.equal(String(event.subscriptionId), made.id)
    const signed = { clientSecret: env.CLIENT_SECRET, requestBody: body }
    assert.ok(Signature.isValid({ ...signed, signature: headers['x-hubspot-signature'], signatureVersion: 'v1' }))
    const third = {
      ...signed,
      signature: headers['x-hubspot-signature-v3'],
      signatureVersion: 'v3',
      url: here.url,
      method: 'POST',
      timestamp: Number(headers['x-hubspot-request-timestamp']),
    }
    assert.ok(Signature.isValid(third))
    assert.ok(!Signature.isValid({ ...third, requestBody: body + ' ' }))
  },
}
