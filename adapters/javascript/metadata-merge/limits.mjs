// The service's limits on what is stored. They are opt-in and separate from the rules.

import { pointer } from "./pointer.mjs";
import { expectObject, get, Rejected } from "./value.mjs";

const RESERVED = new Set(
  (
    "__tenant _id blocked clientID created_at email_verified email globalClientID global_client_id identities lastIP " +
    "lastLogin loginsCount metadata multifactor_last_modified multifactor updated_at user_id"
  ).split(" "),
);

// Limits that each key of a field keeps or breaks, with its value: [field, id, breaks].

function keyTooLong(field, atMost) {
  return [field, "key-too-long", (key) => characters(key) > atMost];
}

function keyCharacters(field, allowed) {
  return [field, "key-characters", (key) => !allowed.test(key)];
}

function strings(field, atMost) {
  return [
    [field, "value-type", (_, value) => typeof value !== "string"],
    [field, "value-too-long", (_, value) => typeof value === "string" && characters(value) > atMost],
  ];
}

function session(field) {
  const keys = [keyTooLong(field, 255), keyCharacters(field, /^[0-9A-Za-z_-]*$/), ...strings(field, 255)];
  return { keys, maxKeys: [[field, 25]] };
}

const TABLES = new Map([
  [
    "user",
    {
      keys: [
        keyCharacters("user_metadata", /^[^.$]*$/),
        keyCharacters("app_metadata", /^[^.$]*$/),
        ["app_metadata", "reserved-name", (key) => RESERVED.has(key)],
      ],
      maxKeys: [],
      maxSize: 10_240,
    },
  ],
  [
    "client",
    {
      keys: [
        keyTooLong("client_metadata", 255),
        keyCharacters("client_metadata", /^[0-9A-Za-z:,\-+=_*?"/\\()<>@\t ]*$/),
        ...strings("client_metadata", 255),
      ],
      maxKeys: [["client_metadata", 10]],
    },
  ],
  ["custom_domain", { keys: strings("domain_metadata", 255), maxKeys: [["domain_metadata", 10]] }],
  [
    "organization",
    { keys: [keyTooLong("metadata", 255), ...strings("metadata", 255)], maxKeys: [["metadata", 25]] },
  ],
  ["session", session("session_metadata")],
  ["refresh_token", session("refresh_token_metadata")],
  // For limits alone: what a user's metadata may be at sign-up.
  [
    "sign_up",
    { keys: [keyTooLong("user_metadata", 100), ...strings("user_metadata", 500)], maxKeys: [["user_metadata", 10]] },
  ],
]);

/** Returns every limit that a stored resource breaks. */
export function limits(resourceName, stored) {
  const table = TABLES.get(resourceName);
  if (table === undefined) throw new Rejected(`expected the resource ${[...TABLES.keys()].join(", ")}`);
  expectObject(stored, "the stored resource");
  const found = [];
  for (const [field, id, breaks] of table.keys) {
    for (const [key, value] of membersOf(stored, field)) if (breaks(key, value)) found.push(violation(id, field, key));
  }
  for (const [field, atMost] of table.maxKeys) {
    if (membersOf(stored, field).length > atMost) found.push(violation("too-many-keys", field));
  }
  if (size(stored) > (table.maxSize ?? Infinity)) found.push({ ...violation("too-large"), strength: "warned" });
  return found;
}

/** Returns the number of bytes of a value as compact JSON. */
export function size(value) {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

function membersOf(stored, field) {
  const document = get(stored, field);
  return Object.entries(expectObject(document === undefined ? {} : document, field));
}

function violation(limit, ...path) {
  return { path: pointer(...path), limit, strength: "refused" };
}

/** Counts code points. `length` counts those beyond the basic plane twice. */
function characters(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
