// Loaded into a child's Node before anything else: HubSpot's hosts are called at the TLS front.
// Node 22.21 and 24.5 were the first to look at HTTPS_PROXY, and an agent of the program's own still does not.
"use strict";
const tls = require("tls");

const port = Number(process.env.HUBWIRE_TLS_PORT);
const domains = (process.env.HUBWIRE_DOMAINS || "").split(" ").filter(Boolean);
const connect = tls.connect;

function isHubSpot(host) {
  const name = String(host || "").toLowerCase().replace(/\.$/, "");
  return domains.some((domain) => name === domain || name.endsWith("." + domain));
}

tls.connect = function (...args) {
  const at = args.findIndex((one) => one !== null && typeof one === "object");
  const given = at < 0 ? {} : args[at];
  const host = given.host || (typeof args[1] === "string" ? args[1] : undefined);
  if (given.socket || !isHubSpot(host)) return connect.apply(this, args);
  const callback = args.find((one) => typeof one === "function");
  const options = { ...given, host: "127.0.0.1", port, servername: given.servername || host };
  delete options.path;
  return connect.call(this, options, ...(callback ? [callback] : []));
};

if (port && domains.length) require("module").syncBuiltinESMExports();
else tls.connect = connect;
