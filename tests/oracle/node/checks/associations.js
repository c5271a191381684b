'use strict'

const assert = require('node:assert/strict')
const { KINDS, family } = require('./kinds.js')

const PRIMARY = { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 }
const PLAIN = { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 279 }

async function pair({ hub, word }) {
  const person = await family(hub, 'contacts').basic('create', { properties: KINDS.contacts.sample(word('a')) })
  const firm = await family(hub, 'companies').basic('create', { properties: KINDS.companies.sample(word('a')) })
  return [person.id, firm.id]
}

async function types(hub, person) {
  const page = await hub.crm.associations.v4.basicApi.getPage('contacts', person, 'companies')
  return page.results.flatMap((to) => to.associationTypes.map(({ typeId }) => typeId)).sort((a, b) => a - b)
}

module.exports = {
  'a default association goes both ways': async (world) => {
    const { basicApi } = world.hub.crm.associations.v4
    const [person, firm] = await pair(world)
    const told = await basicApi.createDefault('contacts', person, 'companies', firm)
    assert.equal(told.status, 'COMPLETE')
    const found = told.results.map((row) => row.associationSpec.associationTypeId)
    assert.ok(found.includes(279) && found.includes(280), String(found))
    const back = await basicApi.getPage('companies', firm, 'contacts')
    assert.deepEqual(back.results.map((to) => String(to.toObjectId)), [person])
  },

  'a labelled association is answered with its labels': async (world) => {
    const { basicApi } = world.hub.crm.associations.v4
    const [person, firm] = await pair(world)
    const told = await basicApi.create('contacts', person, 'companies', firm, [PRIMARY])
    assert.deepEqual(told.labels, ['Primary'])
    assert.deepEqual([told.fromObjectTypeId, told.toObjectTypeId], ['0-1', '0-2'])
    assert.deepEqual([String(told.fromObjectId), String(told.toObjectId)], [person, firm])
    assert.deepEqual(await types(world.hub, person), [1, 279])
  },

  'a pair is taken apart': async (world) => {
    const { basicApi } = world.hub.crm.associations.v4
    const [person, firm] = await pair(world)
    await basicApi.createDefault('contacts', person, 'companies', firm)
    assert.equal(await basicApi.archive('contacts', person, 'companies', firm), undefined)
    assert.deepEqual(await types(world.hub, person), [])
  },

  'pairs are associated and read in batches': async (world) => {
    const { batchApi } = world.hub.crm.associations.v4
    const [person, firm] = await pair(world)
    const [lonely] = await pair(world)
    const made = await batchApi.create('contacts', 'companies', {
      inputs: [{ _from: { id: person }, to: { id: firm }, types: [PLAIN] }],
    })
    assert.equal(String(made.results[0].toObjectId), firm)
    const read = await batchApi.getPage('contacts', 'companies', { inputs: [{ id: person }, { id: lonely }] })
    assert.equal(read.results.length, 1)
    assert.equal(String(read.results[0].to[0].toObjectId), firm)
    assert.equal(read.errors[0].subCategory, 'crm.associations.NO_ASSOCIATIONS_FOUND')
  },

  'pairs are associated by default in a batch': async (world) => {
    const { batchApi } = world.hub.crm.associations.v4
    const [person, firm] = await pair(world)
    const told = await batchApi.createDefault('contacts', 'companies', {
      inputs: [{ _from: { id: person }, to: { id: firm } }],
    })
    assert.equal(told.status, 'COMPLETE')
    assert.ok((await types(world.hub, person)).includes(279))
  },

  'pairs are taken apart in a batch': async (world) => {
    const { basicApi, batchApi } = world.hub.crm.associations.v4
    const [person, firm] = await pair(world)
    await basicApi.createDefault('contacts', person, 'companies', firm)
    const inputs = [{ _from: { id: person }, to: [{ id: firm }] }]
    assert.equal(await batchApi.archive('contacts', 'companies', { inputs }), undefined)
    assert.deepEqual(await types(world.hub, person), [])
  },

  'a label is taken off and the pair stays': async (world) => {
    const { basicApi, batchApi } = world.hub.crm.associations.v4
    const [person, firm] = await pair(world)
    await basicApi.create('contacts', person, 'companies', firm, [PRIMARY])
    const inputs = [{ _from: { id: person }, to: { id: firm }, types: [PRIMARY] }]
    assert.equal(await batchApi.archiveLabels('contacts', 'companies', { inputs }), undefined)
    assert.deepEqual(await types(world.hub, person), [279])
  },

  'the older batches name their types': async (world) => {
    const { batchApi } = world.hub.crm.associations
    const [person, firm] = await pair(world)
    const inputs = [{ _from: { id: person }, to: { id: firm }, type: 'contact_to_company' }]
    const made = await batchApi.create('contacts', 'companies', { inputs })
    assert.deepEqual(made.results.map(({ type }) => type), ['company_to_contact', 'contact_to_company'])
    const read = await batchApi.read('contacts', 'companies', { inputs: [{ id: person }] })
    assert.equal(String(read.results[0].to[0].id), firm)
    assert.equal(await batchApi.archive('contacts', 'companies', { inputs }), undefined)
  },

  'a read names the associations': async (world) => {
    const [person, firm] = await pair(world)
    await world.hub.crm.associations.v4.basicApi.createDefault('contacts', person, 'companies', firm)
    const read = await world.hub.crm.contacts.basicApi.getById(person, undefined, undefined, ['companies'])
    assert.ok(read.associations.companies.results.some(({ id, type }) => id === firm && type === 'contact_to_company_unlabeled'))
  },

  'the defined types of a pair are listed': async ({ hub }) => {
    const told = await hub.crm.associations.v4.schema.definitionsApi.getAll('contacts', 'companies')
    const found = Object.fromEntries(told.results.map(({ typeId, label }) => [typeId, label]))
    assert.equal(found[279], null)
    assert.equal(found[1], 'Primary')
  },
}
