'use strict'

const assert = require('node:assert/strict')

module.exports = {
  'owners are listed and read': async ({ hub }) => {
    const { results } = await hub.crm.owners.ownersApi.getPage(undefined, undefined, 100)
    assert.ok(results.length > 0)
    assert.equal(results[0].type, 'PERSON')
    const read = await hub.crm.owners.ownersApi.getById(Number(results[0].id), 'id')
    assert.equal(read.email, results[0].email)
    const found = await hub.crm.owners.ownersApi.getPage(results[0].email)
    assert.deepEqual(found.results.map(({ id }) => id), [results[0].id])
  },

  'pipelines and stages are read': async ({ hub }) => {
    const { results } = await hub.crm.pipelines.pipelinesApi.getAll('deals')
    assert.equal(results[0].id, 'default')
    assert.equal(results[0].stages.length, 7)
    assert.ok(results[0].createdAt instanceof Date)
    assert.equal((await hub.crm.pipelines.pipelinesApi.getById('tickets', '0')).label, 'Support Pipeline')
    assert.equal((await hub.crm.pipelines.pipelineStagesApi.getAll('tickets', '0')).results.length, 4)
    const stage = await hub.crm.pipelines.pipelineStagesApi.getById('deals', 'default', 'closedwon')
    assert.equal(stage.metadata.probability, '1.0')
  },

  'property definitions are read': async ({ hub, refused }) => {
    const { results } = await hub.crm.properties.coreApi.getAll('contacts')
    assert.ok(results.some(({ name }) => name === 'email'))
    const email = await hub.crm.properties.coreApi.getByName('contacts', 'email')
    assert.deepEqual([email.type, email.fieldType], ['string', 'text'])
    const groups = await hub.crm.properties.groupsApi.getAll('contacts')
    assert.ok(groups.results.some(({ name }) => name === 'contactinformation'))
    assert.equal((await refused(() => hub.crm.properties.coreApi.getByName('contacts', 'no_such'))).code, 404)
  },

  'a wrong token is unauthorized': async ({ client, refused }) => {
    const stranger = client('pat-na1-00000000-0000-0000-0000-000000000000')
    const error = await refused(() => stranger.crm.contacts.basicApi.getPage(1))
    assert.equal(error.code, 401)
    assert.equal(error.body.category, 'INVALID_AUTHENTICATION')
  },

  'what is not built says so': async ({ hub }) => {
    const answer = await hub.apiRequest({ method: 'GET', path: '/crm/v3/no/such/route' })
    assert.equal(answer.status, 501)
    assert.match(await answer.text(), /\/crm\/v3\/no\/such\/route/)
  },
}
