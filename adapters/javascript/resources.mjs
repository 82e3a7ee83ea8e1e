// Whole resources: a user, a client, a custom domain or an organization, and the body of a request on it.

import { isObject, merge, Rejected } from "./metadata-merge.mjs";

// By resource, each metadata field: whether it merges (or is replaced as a whole), and whether it is absent after a clear.
const RESOURCES = new Map([
  [
    "user",
    new Map([
      ["user_metadata", { merges: true, absentAfterClear: false }],
      ["app_metadata", { merges: true, absentAfterClear: true }],
    ]),
  ],
  ["client", new Map([["client_metadata", { merges: true, absentAfterClear: false }]])],
  ["custom_domain", new Map([["domain_metadata", { merges: true, absentAfterClear: false }]])],
  ["organization", new Map([["metadata", { merges: false, absentAfterClear: true }]])],
]);

const RESERVED = new Set(
  (
    "__tenant _id blocked clientID created_at email_verified email globalClientID global_client_id identities lastIP " +
    "lastLogin loginsCount metadata multifactor_last_modified multifactor updated_at user_id"
  ).split(" "),
);

/** What is stored after a resource was created with `body`: an update of nothing. */
export function create(resource, body) {
  return update(resource, {}, body);
}

/** `stored` after a PATCH with `body`. If any part of the body is rejected, none of it is applied. */
export function update(resource, stored, body) {
  const fields = fieldsOf(resource);
  if (!isObject(stored) || !isObject(body)) throw new Rejected("a resource and a body must be JSON objects");
  const updated = new Map(Object.entries(stored));
  for (const [name, sent] of Object.entries(body)) {
    const field = fields.get(name);
    if (field === undefined) {
      updated.set(name, sent);
    } else if (field.merges) {
      updated.set(name, merge(Object.hasOwn(stored, name) ? stored[name] : {}, sent));
    } else if (sent === null || isObject(sent)) {
      updated.set(name, sent);
    } else {
      throw new Rejected(`the field ${name} must be a JSON object or null`);
    }
    // A clear is what was sent: what removals have emptied stays as {}.
    if (field?.absentAfterClear && Object.keys(sent ?? {}).length === 0) updated.delete(name);
  }
  return Object.fromEntries(updated);
}

/** The limits that a stored resource breaks, each as its path, its name, and how strong it is. */
export function limits(resource, stored) {
  fieldsOf(resource);
  if (!isObject(stored)) throw new Rejected("a resource must be a JSON object");
  const found = [];
  const metadata = (field) => {
    const value = Object.hasOwn(stored, field) ? stored[field] : {};
    if (!isObject(value)) throw new Rejected(`the field ${field} must be a JSON object`);
    return Object.entries(value);
  };
  const judge = (field, limit, breaks) => {
    for (const [key, value] of metadata(field)) if (breaks(key, value)) found.push(violation(limit, field, key));
  };
  if (resource === "client") {
    const field = "client_metadata";
    judge(field, "key-too-long", (key) => characters(key) > 255);
    judge(field, "key-characters", (key) => !/^[0-9A-Za-z:,\-+=_*?"/\\()<>@\t ]*$/.test(key));
    judge(field, "value-type", (_, value) => typeof value !== "string");
    judge(field, "value-too-long", (_, value) => typeof value === "string" && characters(value) > 255);
    if (metadata(field).length > 10) found.push(violation("too-many-keys", field));
  }
  if (resource === "user") {
    for (const field of ["user_metadata", "app_metadata"]) judge(field, "key-characters", (key) => /[.$]/.test(key));
    judge("app_metadata", "reserved-name", (key) => RESERVED.has(key));
    if (Buffer.byteLength(JSON.stringify(stored)) > 10_240) {
      found.push({ ...violation("profile-too-large"), strength: "warned" });
    }
  }
  return found;
}

function fieldsOf(resource) {
  const fields = RESOURCES.get(resource);
  if (fields === undefined) throw new Rejected("there is no such resource");
  return fields;
}

function violation(limit, ...path) {
  const pointer = path.map((name) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  return { path: pointer, limit, strength: "refused" };
}

/** In code points: `length` counts those beyond the basic plane twice. */
function characters(text) {
  return [...text].length;
}
