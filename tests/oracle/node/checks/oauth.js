'use strict'

const assert = require('node:assert/strict')

const REDIRECT = 'http://localhost:3000/oauth-callback'

/** Walks the authorize page as a consenting user; the code that comes back. */
async function consent({ hub, env, basePath }, scope) {
  const url = new URL(hub.oauth.getAuthorizationUrl(env.CLIENT_ID, REDIRECT, scope, undefined, 'xyzzy'))
  const answer = await fetch(basePath + url.pathname + url.search, { redirect: 'manual' })
  const landed = new URL(answer.headers.get('location'))
  assert.equal(landed.searchParams.get('state'), 'xyzzy')
  return landed.searchParams.get('code')
}

async function tokens(world, scope) {
  const { hub, env } = world
  const code = await consent(world, scope)
  return hub.oauth.tokensApi.create('authorization_code', code, REDIRECT, env.CLIENT_ID, env.CLIENT_SECRET)
}

module.exports = {
  'a code becomes tokens that work and refresh': async (world) => {
    const { hub, env, client } = world
    const given = await tokens(world, 'oauth crm.objects.contacts.read')
    assert.equal(given.expiresIn, 1800)
    assert.equal(given.tokenType, 'bearer')
    assert.ok((await client(given.accessToken).crm.contacts.basicApi.getPage(1)).results)
    const again = await hub.oauth.tokensApi.create(
      'refresh_token', undefined, undefined, env.CLIENT_ID, env.CLIENT_SECRET, given.refreshToken,
    )
    assert.ok((await client(again.accessToken).crm.contacts.basicApi.getPage(1)).results)
    const info = await hub.oauth.accessTokensApi.get(again.accessToken)
    assert.equal(String(info.hubId), env.PORTAL_ID)
  },

  'a missing scope is forbidden and named': async (world) => {
    const given = await tokens(world, 'oauth crm.objects.contacts.read')
    const reader = world.client(given.accessToken)
    const create = () => reader.crm.contacts.basicApi.create({ properties: { email: 'no@example.com' } })
    const error = await world.refused(create)
    assert.equal(error.code, 403)
    assert.equal(error.body.category, 'MISSING_SCOPES')
    assert.match(JSON.stringify(error.body), /crm\.objects\.contacts\.write/)
  },

  'a refused refresh token names its status': async ({ hub, env, refused }) => {
    const error = await refused(() => hub.oauth.tokensApi.create(
      'refresh_token', undefined, undefined, env.CLIENT_ID, env.CLIENT_SECRET, 'na1-0000',
    ))
    assert.equal(error.code, 400)
    assert.equal(error.body.status, 'BAD_REFRESH_TOKEN')
  },
}
