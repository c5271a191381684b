'use strict'

const assert = require('node:assert/strict')

module.exports = {
  'a property lives, changes and is archived': async ({ hub, word, refused }) => {
    const core = hub.crm.properties.coreApi
    const name = word('shoe')
    const made = await core.create('contacts', {
      name, label: 'Shoe', type: 'enumeration', fieldType: 'select', groupName: 'contactinformation',
      options: [{ label: 'A', value: 'a', displayOrder: 0, hidden: false }],
    })
    assert.deepEqual([made.name, made.archived, made.options[0].value], [name, false, 'a'])
    assert.equal((await core.update('contacts', name, { label: 'Boot' })).label, 'Boot')
    assert.equal(await core.archive('contacts', name), undefined)
    assert.equal((await refused(() => core.getByName('contacts', name))).code, 404)
    const tomb = await core.getByName('contacts', name, true)
    assert.ok(tomb.archivedAt instanceof Date)
  },

  'properties are written in batches': async ({ hub, word }) => {
    const batch = hub.crm.properties.batchApi
    const row = { label: 'N', type: 'number', fieldType: 'number', groupName: 'contactinformation' }
    const inputs = [0, 1].map(() => ({ ...row, name: word('number') }))
    assert.equal((await batch.create('contacts', { inputs })).results.length, 2)
    const again = await batch.create('contacts', { inputs })
    assert.equal(again.numErrors, 2)
    assert.equal(again.errors[0].category, 'OBJECT_ALREADY_EXISTS')
    const names = inputs.map(({ name }) => ({ name }))
    assert.equal((await batch.read('contacts', { archived: false, inputs: names })).results.length, 2)
    assert.equal(await batch.archive('contacts', { inputs: names }), undefined)
  },

  'a pipeline is made, changed and deleted': async ({ hub, word }) => {
    const { pipelinesApi, pipelineStagesApi } = hub.crm.pipelines
    const stages = [{ label: 'In', displayOrder: 0, metadata: { probability: '0.1' } }]
    const made = await pipelinesApi.create('deals', { label: word('Line '), displayOrder: 5, stages })
    const stage = await pipelineStagesApi.create('deals', made.id, { label: 'Out', displayOrder: 1, metadata: { probability: '0.0' } })
    assert.equal((await pipelinesApi.getById('deals', made.id)).stages[1].metadata.isClosed, 'true')
    const changed = await pipelineStagesApi.update('deals', made.id, stage.id, { label: 'Lost', metadata: { probability: '0.0' } })
    assert.equal(changed.label, 'Lost')
    assert.equal(await pipelineStagesApi.archive('deals', made.id, stage.id), undefined)
    assert.equal((await pipelinesApi.update('deals', made.id, { displayOrder: 2 })).displayOrder, 2)
    assert.equal(await pipelinesApi.archive('deals', made.id), undefined)
  },

  'a label is made in both directions': async ({ hub, word }) => {
    const api = hub.crm.associations.v4.schema.definitionsApi
    const wish = { name: word('boss'), label: 'Boss', inverseLabel: 'Staff' }
    const { results } = await api.create('contacts', 'companies', wish)
    assert.deepEqual(results.map(({ label }) => label), ['Staff', 'Boss'])
    assert.equal(await api.remove('contacts', 'companies', results[1].typeId), undefined)
  },

  'two contacts become one': async ({ hub, word }) => {
    const { basicApi } = hub.crm.contacts
    const ids = []
    for (let n = 0; n < 2; n++) ids.push((await basicApi.create({ properties: { firstname: word('m') }, associations: [] })).id)
    const merged = await basicApi.merge({ primaryObjectId: ids[0], objectIdToMerge: ids[1] })
    assert.ok(!ids.includes(merged.id))
    for (const id of ids) assert.equal((await basicApi.getById(id)).id, merged.id)
    assert.equal(await basicApi.purge({ objectId: merged.id }), undefined)
  },

  'custom objects need Enterprise': async ({ hub, refused }) => {
    assert.deepEqual((await hub.crm.schemas.coreApi.getAll()).results, [])
    const schema = {
      name: 'car', labels: { singular: 'Car', plural: 'Cars' }, primaryDisplayProperty: 'vin', requiredProperties: [],
      properties: [{ name: 'vin', label: 'VIN', type: 'string', fieldType: 'text' }], associatedObjects: [],
    }
    const error = await refused(() => hub.crm.schemas.coreApi.create(schema))
    assert.deepEqual([error.code, error.body.category], [403, 'MISSING_SCOPES'])
  },
}
