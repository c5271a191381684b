// The families of object APIs, made alike enough to run one list of checks over all of them.
'use strict'

const KINDS = {
  contacts: { sample: (w) => ({ email: `${w}@example.com`, firstname: 'Ada' }), change: ['firstname', 'Grace'] },
  companies: { sample: (w) => ({ name: w, domain: `${w}.example` }), change: ['name', 'Renamed'] },
  deals: {
    sample: (w) => ({ dealname: w, amount: '10.50', pipeline: 'default', dealstage: 'appointmentscheduled' }),
    change: ['amount', '12'],
  },
  tickets: {
    sample: (w) => ({ subject: w, hs_pipeline: '0', hs_pipeline_stage: '1' }),
    change: ['hs_pipeline_stage', '2'],
  },
  products: { sample: (w) => ({ name: w, price: '9.99' }), change: ['price', '12.50'] },
  lineItems: { sample: (w) => ({ name: w, quantity: '2', price: '9.99' }), change: ['quantity', '3'] },
  // The generic API takes the object type as its first argument.
  objects: {
    sample: (w) => ({ dealname: w, amount: '10.50', pipeline: 'default', dealstage: 'appointmentscheduled' }),
    change: ['amount', '12'],
    leading: ['0-3'],
  },
}

/** `{basic, batch, search}` of one family: functions that take the call's name and its arguments. */
function family(hub, name) {
  const { leading = [] } = KINDS[name]
  const apis = hub.crm[name]
  return {
    basic: (call, ...rest) => apis.basicApi[call](...leading, ...rest),
    batch: (call, ...rest) => apis.batchApi[call](...leading, ...rest),
    search: (request) => apis.searchApi.doSearch(...leading, request),
  }
}

module.exports = { KINDS, family }
