// Whole resources: the metadata fields of each, and the body of a request on one.

import { merge } from "./merge.mjs";
import { expectObject, get, isObject, kind, Rejected } from "./value.mjs";

export const MERGE = Symbol("merge");
export const REPLACE = Symbol("replace");
const EMPTY = Symbol("empty");
const ABSENT = Symbol("absent");

// The metadata fields of each resource: the mode, and how the field reads back after a clear. A resource
// has a mode for its attributes that are objects too.
const RESOURCES = new Map([
  resource("user", REPLACE, [
    ["user_metadata", { mode: MERGE, cleared: EMPTY }],
    ["app_metadata", { mode: MERGE, cleared: ABSENT }],
  ]),
  resource("client", MERGE, [["client_metadata", { mode: MERGE, cleared: EMPTY }]]),
  resource("custom_domain", REPLACE, [["domain_metadata", { mode: MERGE, cleared: EMPTY }]]),
  resource("organization", REPLACE, [["metadata", { mode: REPLACE, cleared: ABSENT }]]),
  resource("session", REPLACE, [["session_metadata", { mode: REPLACE, cleared: ABSENT }]]),
  resource("refresh_token", REPLACE, [["refresh_token_metadata", { mode: REPLACE, cleared: ABSENT }]]),
]);

function resource(name, attributes, fields) {
  return [name, { attributes, fields: new Map(fields) }];
}

/** Returns the resource of this name. */
export function find(name) {
  if (!RESOURCES.has(name)) throw new Rejected(`expected the resource ${[...RESOURCES.keys()].join(", ")}`);
  return RESOURCES.get(name);
}

/** Returns what a create with `body` stores. */
export function create(name, body) {
  return update(name, {}, body); // create
}

/** Returns `stored` after a PATCH with `body`. */
export function update(resourceName, stored, body) {
  const { attributes, fields } = find(resourceName);
  const updated = new Map(Object.entries(expectObject(stored, "the stored resource"))); // omit; atomic: a copy
  for (const [name, sent] of Object.entries(expectObject(body, "the body"))) {
    const field = fields.get(name);
    const before = get(stored, name);
    // independent
    const value = field ? updatedField(name, field, before, sent) : updatedAttribute(attributes, before, sent);
    if (value === null) updated.delete(name);
    else updated.set(name, value);
  }
  return Object.fromEntries(updated);
}

/** Returns what an attribute stores, or null if it is removed. */
function updatedAttribute(mode, stored, sent) {
  if (mode === MERGE && isObject(sent)) return merge(isObject(stored) ? stored : {}, sent); // attribute-object
  return sent; // attribute, attribute-null
}

/** Returns what a metadata field stores, or null if it is absent after a clear. */
function updatedField(name, { mode, cleared }, stored = {}, sent) {
  let value; // `stored` defaults to `{}`: absent
  if (mode === MERGE) {
    value = merge(expectObject(stored, `the stored ${name}`), expectObject(sent, name)); // field-null
  } else if (sent === null || isObject(sent)) {
    value = sent ?? {}; // replace
  } else {
    throw new Rejected(`${name}: expected an object or null, found ${kind(sent)}`); // replace
  }
  // A clear is what was sent. A document that removals have emptied stays `{}`.
  const clears = Object.keys(sent ?? {}).length === 0;
  return clears && cleared === ABSENT ? null : value; // cleared-form
}
