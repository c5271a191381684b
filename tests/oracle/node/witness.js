// Runs HubSpot's own Node client, as published, against the server the environment names.
// One line of JSON per check: {"check": "...", "ok": true} or {"check": "...", "ok": false, "error": "..."}.
'use strict'

const { Client } = require('@hubspot/api-client')

const basePath = process.env.BASE_URL
const client = (accessToken = process.env.ACCESS_TOKEN, more = {}) => new Client({ accessToken, basePath, ...more })

let last = 0
const world = {
  client,
  basePath,
  env: process.env,
  hub: client(),
  word: (stem) => `node${stem}${process.pid}x${++last}`,
  /** The ApiException that `work` ends in. */
  async refused(work) {
    try {
      await work()
    } catch (error) {
      return error
    }
    throw new Error('not refused')
  },
}

async function main(families) {
  for (const family of families) {
    for (const [name, check] of Object.entries(require(`./checks/${family}.js`))) {
      const told = { check: `${family}: ${name}`, ok: true }
      try {
        await check(world)
      } catch (error) {
        Object.assign(told, { ok: false, error: String(error.stack || error).slice(0, 1500) })
      }
      process.stdout.write(JSON.stringify(told) + '\n')
    }
  }
}

main(process.argv.slice(2))
