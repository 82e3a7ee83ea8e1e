// The service's official SDK for JavaScript (auth0 on npm) against a server on loopback.
//
//     node tests/sdk_javascript.mjs ADDRESS TOKEN

import assert from "node:assert/strict";
import { ManagementClient } from "auth0";

const [address, token] = process.argv.slice(2);
const home = "123 Main Street, Anytown, ST 12345";
const work = "100 Industrial Way, Anytown, ST 12345";

// The SDK speaks HTTPS to a domain. Here the same requests go to the server under test.
const domain = "tenant.example.com";
const { fetch } = globalThis;
globalThis.fetch = (url, options) => {
  assert.ok(String(url).startsWith(`https://${domain}/`), url);
  return fetch(String(url).replace(`https://${domain}`, `http://${address}`), options);
};

const connect = (bearer) => new ManagementClient({ domain, token: bearer });
const api = connect(token);

async function refused(status, contains, call) {
  const error = await call().then(() => assert.fail(`not refused: ${call}`), (error) => error);
  assert.equal(error.statusCode, status, String(error));
  assert.ok(error.body.message.includes(contains) || error.body.errorCode === contains, JSON.stringify(error.body));
}

async function all(pages) {
  const found = [];
  for await (const one of pages) found.push(one);
  return found;
}

const metadata = (user) => [user.user_metadata, user.app_metadata];

async function users() {
  const connection = "Username-Password-Authentication";
  const created = await api.users.create({
    connection,
    email: "js.jane@example.com",
    password: "secret",
    user_metadata: { hobby: "surfing" },
    app_metadata: { plan: "full" },
  });
  const id = created.user_id;
  assert.deepEqual(metadata(created), [{ hobby: "surfing" }, { plan: "full" }]);
  assert.ok(!JSON.stringify(await api.users.get(id)).includes("secret"));
  const steps = [
    [{ user_metadata: { addresses: { home } } }, { hobby: "surfing", addresses: { home } }, { plan: "full" }],
    [{ user_metadata: { addresses: { home, work } } }, { hobby: "surfing", addresses: { home, work } }, { plan: "full" }],
    [{ user_metadata: { addresses: { work } } }, { hobby: "surfing", addresses: { work } }, { plan: "full" }],
    [{ user_metadata: { addresses: null, a: { b: null } } }, { hobby: "surfing", a: { b: null } }, { plan: "full" }],
    [{ app_metadata: { plan: "free", roles: ["a", "b"] } }, { hobby: "surfing", a: { b: null } }, { plan: "free", roles: ["a", "b"] }],
    [{ user_metadata: {} }, {}, { plan: "free", roles: ["a", "b"] }],
    [{ app_metadata: { plan: null } }, {}, { roles: ["a", "b"] }],
    [{ app_metadata: { roles: null } }, {}, {}],
    [{ app_metadata: { plan: "full" }, user_metadata: { x: 1 } }, { x: 1 }, { plan: "full" }],
    [{ app_metadata: {} }, { x: 1 }, undefined],
    [{ nickname: "jane" }, { x: 1 }, undefined],
  ];
  for (const [body, ...wanted] of steps) {
    assert.deepEqual(metadata(await api.users.update(id, body)), wanted, JSON.stringify(body));
    assert.deepEqual(metadata(await api.users.get(id)), wanted, JSON.stringify(body));
  }

  const update = (body) => () => api.users.update(id, body);
  await refused(400, 'the field "user_metadata" must be a JSON object, but is null', update({ user_metadata: null }));
  await refused(400, 'the field "app_metadata" must be a JSON object, but is null', update({ app_metadata: null, user_metadata: { y: 1 } }));
  await refused(400, "but is an array", update({ user_metadata: ["x"] }));
  await refused(400, "reserved-name", update({ app_metadata: { email: "x" } }));
  await refused(400, "key-characters", update({ user_metadata: { "a.b": 1 } }));
  await refused(413, "bytes", update({ user_metadata: { a: "x".repeat(1 << 20) } }));
  await refused(409, "already exists", () => api.users.create({ connection, email: "js.jane@example.com" }));
  await refused(404, "inexistent_user", () => api.users.get("auth0|nobody"));
  await refused(404, "inexistent_user", () => api.users.update("auth0|nobody", { user_metadata: { a: 1 } }));
  await refused(401, "Invalid token", () => connect("wrong").users.get(id));
  assert.deepEqual(metadata(await api.users.get(id)), [{ x: 1 }, undefined], "a refused request changes nothing");

  const mine = [id];
  for (let number = 0; number < 4; number++) {
    mine.push((await api.users.create({ connection, email: `js.${number}@example.com` })).user_id);
  }
  const listed = (await all(await api.users.list({ per_page: 2 }))).map((user) => user.user_id);
  assert.deepEqual(listed.filter((one) => mine.includes(one)), mine);
  const page = await api.users.list({ page: 1, per_page: 2, include_totals: true });
  assert.deepEqual([page.response.start, page.response.limit, page.data.length], [2, 2, 2]);
  assert.ok(page.response.total >= 5);
  for (const one of [...mine, id]) await api.users.delete(one);
  await refused(404, "inexistent_user", () => api.users.get(id));
}

async function clients() {
  const created = await api.clients.create({ name: "myclient", client_metadata: { mycolor: "red", myflavor: "grape" } });
  const id = created.client_id;
  assert.deepEqual(created.client_metadata, { mycolor: "red", myflavor: "grape" });
  const steps = [
    [{ mycolor: "blue" }, { mycolor: "blue", myflavor: "grape" }],
    [{ mycolor: null }, { myflavor: "grape" }],
    [{ nothere: null }, { myflavor: "grape" }],
    [{ myflavor: null }, {}],
    [{ mycolor: "red" }, { mycolor: "red" }],
    [{}, {}],
    [{ mysize: "L" }, { mysize: "L" }],
  ];
  for (const [body, wanted] of steps) {
    assert.deepEqual((await api.clients.update(id, { client_metadata: body })).client_metadata, wanted, JSON.stringify(body));
    assert.deepEqual((await api.clients.get(id)).client_metadata, wanted, JSON.stringify(body));
  }
  await api.clients.update(id, { description: "Mine", jwt_configuration: { alg: "RS256", lifetime_in_seconds: 60 } });
  const merged = await api.clients.update(id, { description: null, jwt_configuration: { alg: "HS256" } });
  assert.deepEqual([merged.description, merged.jwt_configuration], [undefined, { alg: "HS256", lifetime_in_seconds: 60 }]);
  const renamed = await api.clients.update(id, { name: "renamed" });
  assert.deepEqual([renamed.name, renamed.client_metadata], ["renamed", { mysize: "L" }]);

  const update = (body) => () => api.clients.update(id, body);
  const keys = (count) => Object.fromEntries(Array.from({ length: count }, (_, number) => [`k${number}`, "v"]));
  await refused(400, 'the field "client_metadata" must be a JSON object, but is null', update({ client_metadata: null, name: "other" }));
  await refused(400, "too-many-keys", update({ client_metadata: keys(10) }));
  await refused(400, "value-type", update({ client_metadata: { a: 1 } }));
  await refused(400, "value-too-long", update({ client_metadata: { a: "x".repeat(256) } }));
  await refused(400, "key-too-long", update({ client_metadata: { ["x".repeat(256)]: "v" } }));
  await refused(400, "key-characters", update({ client_metadata: { "a.b": "v" } }));
  await refused(404, "inexistent_client", () => api.clients.get("nobody"));
  await refused(404, "inexistent_client", () => api.clients.update("nobody", { name: "x" }));
  await refused(401, "Invalid token", () => connect("wrong").clients.get(id));
  const read = await api.clients.get(id);
  assert.deepEqual([read.name, read.client_metadata], ["renamed", { mysize: "L" }], "a refused request changes nothing");

  const mine = [id];
  for (let number = 0; number < 4; number++) mine.push((await api.clients.create({ name: `client ${number}` })).client_id);
  const listed = (await all(await api.clients.list({ per_page: 2 }))).map((client) => client.client_id);
  assert.deepEqual(listed.filter((one) => mine.includes(one)), mine);
  const page = await api.clients.list({ page: 1, per_page: 2, include_totals: true });
  assert.deepEqual([page.response.start, page.response.limit, page.data.length], [2, 2, 2]);
  assert.ok(page.response.total >= 5);
  for (const one of [...mine, id]) await api.clients.delete(one);
  await refused(404, "inexistent_client", () => api.clients.get(id));
}

await users();
await clients();
