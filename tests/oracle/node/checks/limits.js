// Against a server with limits on. The client's own retry reads the body of a 429 to the letter.
'use strict'

const assert = require('node:assert/strict')

module.exports = {
  'a refused search is retried by the client until it passes': async ({ client }) => {
    const patient = client(undefined, { numberOfApiCallRetries: 4 })
    const searches = Array.from({ length: 8 }, () => patient.crm.contacts.searchApi.doSearch({ limit: 1 }))
    const told = await Promise.all(searches)
    assert.deepEqual(told.map(({ total }) => total), Array(8).fill(0))
  },
}
