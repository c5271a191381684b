'use strict'

const assert = require('node:assert/strict')
const { KINDS, family } = require('./kinds.js')

for (const [name, { sample, change }] of Object.entries(KINDS)) {
  const [changed, value] = change

  module.exports[`${name} are created, read, changed and archived`] = async ({ hub, word, refused }) => {
    const { basic } = family(hub, name)
    const sent = sample(word('one'))
    const made = await basic('create', { properties: sent, associations: [] })
    assert.match(made.id, /^\d+$/)
    assert.ok(made.createdAt instanceof Date)
    for (const key of Object.keys(sent)) assert.equal(made.properties[key], sent[key])
    const read = await basic('getById', made.id, [...Object.keys(sent), 'hubspot_owner_id'])
    assert.equal(read.id, made.id)
    assert.equal(read.archived, false)
    const after = await basic('update', made.id, { properties: { [changed]: value } })
    assert.equal(after.properties[changed], value)
    assert.equal(await basic('archive', made.id), undefined)
    assert.equal((await refused(() => basic('getById', made.id))).code, 404)
    const gone = await basic('getById', made.id, undefined, undefined, undefined, true)
    assert.equal(gone.archived, true)
    assert.ok(gone.archivedAt instanceof Date)
  }

  module.exports[`${name} are paged`] = async ({ hub, word }) => {
    const { basic } = family(hub, name)
    const made = []
    for (let n = 0; n < 3; n++) made.push((await basic('create', { properties: sample(word('p')) })).id)
    const seen = []
    let after
    do {
      const page = await basic('getPage', 2, after)
      seen.push(...page.results.map((record) => record.id))
      after = page.paging?.next?.after
    } while (after)
    assert.ok(made.every((id) => seen.includes(id)))
    assert.equal(new Set(seen).size, seen.length)
  }

  module.exports[`${name} are written and read in batches`] = async ({ hub, word }) => {
    const { batch } = family(hub, name)
    const rows = [0, 1].map(() => ({ properties: sample(word('b')), associations: [] }))
    const made = await batch('create', { inputs: rows })
    assert.equal(made.status, 'COMPLETE')
    assert.equal(made.results.length, 2)
    const inputs = made.results.map(({ id }) => ({ id }))
    const read = await batch('read', { inputs: [...inputs, { id: '999999999' }], properties: [changed], propertiesWithHistory: [] })
    assert.equal(read.results.length, 2)
    assert.equal(read.numErrors, 1)
    assert.equal(read.errors[0].category, 'OBJECT_NOT_FOUND')
    const after = await batch('update', { inputs: inputs.map(({ id }) => ({ id, properties: { [changed]: value } })) })
    assert.deepEqual(after.results.map((record) => record.properties[changed]), [value, value])
    assert.equal(await batch('archive', { inputs }), undefined)
  }

  module.exports[`${name} are searched`] = async ({ hub, word }) => {
    const { basic, search } = family(hub, name)
    const made = await basic('create', { properties: sample(word('s')) })
    const filters = [{ propertyName: 'hs_object_id', operator: 'EQ', value: made.id }]
    const found = await search({ filterGroups: [{ filters }], properties: [changed], limit: 5, after: '0', sorts: [] })
    assert.equal(found.total, 1)
    assert.equal(found.results[0].id, made.id)
  }
}

module.exports['a contact is found by email'] = async ({ hub, word }) => {
  const { basic } = family(hub, 'contacts')
  const { id, properties } = await basic('create', { properties: { email: `${word('mail')}@example.com` } })
  assert.equal((await basic('getById', properties.email, undefined, undefined, undefined, false, 'email')).id, id)
}

module.exports['history is newest first'] = async ({ hub, word }) => {
  const { basic } = family(hub, 'contacts')
  const { id } = await basic('create', { properties: KINDS.contacts.sample(word('h')) })
  await basic('update', id, { properties: { firstname: 'Second' } })
  const read = await basic('getById', id, undefined, ['firstname'])
  assert.deepEqual(read.propertiesWithHistory.firstname.map(({ value }) => value), ['Second', 'Ada'])
  assert.ok(read.propertiesWithHistory.firstname[0].timestamp instanceof Date)
}

module.exports['an upsert says which records are new'] = async ({ hub, word }) => {
  const { basic, batch } = family(hub, 'contacts')
  const old = await basic('create', { properties: KINDS.contacts.sample(word('u')) })
  const fresh = `${word('u')}@example.com`
  const inputs = [old.properties.email, fresh].map((id) => ({ id, idProperty: 'email', properties: { firstname: 'Up' } }))
  const told = await batch('upsert', { inputs })
  const isNew = Object.fromEntries(told.results.map((record) => [record.id === old.id, record._new]))
  assert.deepEqual(isNew, { true: false, false: true })
}

module.exports['with trace ids the good rows are created'] = async ({ hub, word }) => {
  const { basic, batch } = family(hub, 'contacts')
  const old = await basic('create', { properties: KINDS.contacts.sample(word('t')) })
  const told = await batch('create', {
    inputs: [
      { objectWriteTraceId: 'good', properties: KINDS.contacts.sample(word('t')), associations: [] },
      { objectWriteTraceId: 'dup', properties: { email: old.properties.email }, associations: [] },
    ],
  })
  assert.equal(told.results.length, 1)
  assert.equal(told.numErrors, 1)
  assert.equal(told.errors[0].category, 'CONFLICT')
  assert.deepEqual(told.errors[0].context.objectWriteTraceId, ['dup'])
}

module.exports['getAll collects every page'] = async ({ hub, word }) => {
  const { batch } = family(hub, 'contacts')
  const inputs = Array.from({ length: 100 }, () => ({ properties: KINDS.contacts.sample(word('a')), associations: [] }))
  const made = (await batch('create', { inputs })).results
  const found = new Set((await hub.crm.contacts.getAll(100)).map(({ id }) => id))
  assert.ok(made.every(({ id }) => found.has(id)))
}

module.exports['a duplicate is a conflict with the existing id'] = async ({ hub, word, refused }) => {
  const { basic } = family(hub, 'contacts')
  const old = await basic('create', { properties: KINDS.contacts.sample(word('d')) })
  const error = await refused(() => basic('create', { properties: { email: old.properties.email } }))
  assert.equal(error.code, 409)
  assert.equal(error.body.category, 'CONFLICT')
  assert.equal(error.body.message, `Contact already exists. Existing ID: ${old.id}`)
}

module.exports['a property that does not validate is named'] = async ({ hub, refused }) => {
  const error = await refused(() => family(hub, 'contacts').basic('create', { properties: { no_such_property: '1' } }))
  assert.equal(error.code, 400)
  assert.equal(error.body.category, 'VALIDATION_ERROR')
  assert.equal(error.body.errors[0].code, 'PROPERTY_DOESNT_EXIST')
}

module.exports['a search finds by every kind of operator'] = async ({ hub, word }) => {
  const { basic, search } = family(hub, 'contacts')
  const company = word('ops')
  for (const firstname of ['Ann', 'Bob', 'Cid']) await basic('create', { properties: { firstname, company } })
  const cases = [
    [{ operator: 'EQ', value: 'Ann' }, 'Ann'],
    [{ operator: 'NEQ', value: 'Ann' }, 'Bob Cid'],
    [{ operator: 'IN', values: ['ann', 'cid'] }, 'Ann Cid'],
    [{ operator: 'NOT_IN', values: ['ann'] }, 'Bob Cid'],
    [{ operator: 'GT', value: 'Ann' }, 'Bob Cid'],
    [{ operator: 'LTE', value: 'Bob' }, 'Ann Bob'],
    [{ operator: 'BETWEEN', value: 'Ann', highValue: 'Bob' }, 'Ann Bob'],
    [{ operator: 'CONTAINS_TOKEN', value: 'bo*' }, 'Bob'],
    [{ operator: 'HAS_PROPERTY' }, 'Ann Bob Cid'],
    [{ operator: 'NOT_HAS_PROPERTY' }, ''],
  ]
  for (const [filter, expected] of cases) {
    const filters = [{ propertyName: 'company', operator: 'EQ', value: company }, { propertyName: 'firstname', ...filter }]
    const found = await search({ filterGroups: [{ filters }], properties: ['firstname'], sorts: ['firstname'] })
    assert.equal(found.results.map((record) => record.properties.firstname).join(' '), expected, filter.operator)
    assert.equal(found.total, expected.split(' ').filter(Boolean).length)
  }
}
