'use strict'

const assert = require('node:assert/strict')

/** Asks until the job has ended, at most so often. */
async function ended(ask, done) {
  for (let turn = 0; turn < 200; turn += 1) {
    const told = await ask()
    if (done(told)) return told
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it did not end')
}

module.exports = {
  'a list takes members and gives them back': async ({ hub, word }) => {
    const { listsApi, membershipsApi } = hub.crm.lists
    const made = await listsApi.create({ name: word('list'), objectTypeId: '0-1', processingType: 'MANUAL' })
    const people = []
    for (const name of ['a', 'b', 'c']) {
      people.push((await hub.crm.contacts.basicApi.create({ properties: { email: `${word(name)}@example.com` } })).id)
    }
    const changed = await membershipsApi.add(made.list.listId, people)
    assert.deepEqual([...changed.recordsIdsAdded].map(String).sort(), [...people].sort())
    const page = await membershipsApi.getPage(made.list.listId, undefined, undefined, 2)
    assert.equal(page.results.length, 2)
    const rest = await membershipsApi.getPage(made.list.listId, page.paging.next.after, undefined, 2)
    const found = [...page.results, ...rest.results].map((one) => String(one.recordId))
    assert.deepEqual(found.sort(), [...people].sort())
    await membershipsApi.remove(made.list.listId, people.slice(1))
    assert.equal((await membershipsApi.getPage(made.list.listId)).results.length, 1)
  },

  'an import brings rows in and names those that are wrong': async ({ hub, word }) => {
    const email = `${word('row')}@example.com`
    const name = `${word('people')}.csv`
    const columns = [['Email', 'email'], ['Name', 'firstname']].map(([columnName, propertyName]) => (
      { columnObjectTypeId: '0-1', columnName, propertyName }
    ))
    const request = {
      name,
      importOperations: { '0-1': 'CREATE' },
      files: [{ fileName: name, fileFormat: 'CSV', fileImportPage: { hasHeader: true, columnMappings: columns } }],
    }
    const data = Buffer.from(`Email,Name\n${email},Ada\nno address,Bob\n`)
    const made = await hub.crm.imports.coreApi.create({ data, name }, JSON.stringify(request))
    const told = await ended(() => hub.crm.imports.coreApi.getById(Number(made.id)), (one) => one.state === 'DONE')
    assert.equal(told.metadata.counters.CREATED_OBJECTS, 1)
    const wrong = await hub.crm.imports.publicImportsApi.getErrors(Number(made.id))
    assert.equal(wrong.results.length, 1)
    const found = await hub.crm.contacts.basicApi.getById(email, ['firstname'], undefined, undefined, false, 'email')
    assert.equal(found.properties.firstname, 'Ada')
  },

  'an export ends in a file': async ({ hub, env, basePath, word }) => {
    const body = {
      exportType: 'VIEW', exportName: word('export'), format: 'CSV', language: 'EN', objectType: 'CONTACT',
      objectProperties: ['email'],
    }
    // The client cannot start one: its model of the request has no fields.
    const answer = await fetch(`${basePath}/crm/v3/exports/export/async`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${env.ACCESS_TOKEN}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    const { id } = await answer.json()
    const told = await ended(
      () => hub.crm.exports.publicExportsApi.getStatus(Number(id)), (one) => one.status === 'COMPLETE',
    )
    const text = await (await fetch(told.result)).text()
    assert.match(text.split('\n')[0], /email/i)
  },
}
