// Calls methods of @hubspot/api-client: one JSON line in for each, one out, in order.
const path = require("node:path");
const lines = require("node:fs").readFileSync(0, "utf8").split("\n").filter(Boolean);

const lib = path.join(path.dirname(require.resolve("@hubspot/api-client/package.json")), "lib", "codegen");
const { BASE_URL, ACCESS_TOKEN, DEVELOPER_KEY } = process.env;

function api(folder, name) {
  const codegen = require(path.join(lib, folder, "index.js"));
  const configuration = codegen.createConfiguration({
    baseServer: new codegen.ServerConfiguration(BASE_URL, {}),
    authMethods: { oauth2: { accessToken: ACCESS_TOKEN }, developer_hapikey: DEVELOPER_KEY },
  });
  return new codegen[name](configuration);
}

// A body goes in as the client's own model, which a plain object is not: `from` is `_from` there.
function argument(folder, wanted) {
  if (wanted === null) return undefined;
  if (wanted.file) return { data: Buffer.from(wanted.file.text), name: wanted.file.name };
  if (!wanted.type) return wanted.value;
  const { ObjectSerializer } = require(path.join(lib, folder, "models", "ObjectSerializer.js"));
  return ObjectSerializer.deserialize(wanted.value, wanted.type, wanted.format || "");
}

async function call({ folder, cls, method, given }) {
  const done = await api(folder, cls)[`${method}WithHttpInfo`](...given.map((one) => argument(folder, one)));
  const data = done.data;
  const type = Array.isArray(data) ? "Array" : data === undefined || data === null ? null : data.constructor.name;
  return { status: done.httpStatusCode, type };
}

(async () => {
  for (const line of lines) {
    const wanted = JSON.parse(line);
    let told;
    try {
      told = await call(wanted);
    } catch (error) {
      told = { status: error.code ?? null, error: String(error.message || error).slice(0, 1000) };
    }
    console.log(JSON.stringify({ id: wanted.id, ...told }));
  }
})();
