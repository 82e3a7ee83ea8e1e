// The types of JSON values, and the error for input that the rules reject.

/** The rules reject the input. */
export class Rejected extends Error {}

/** Returns whether a value is a JSON object. To `typeof`, null and arrays are objects too. */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns `value` if it is an object. */
export function expectObject(value, name) {
  if (!isObject(value)) throw new Rejected(`${name}: expected an object, found ${kind(value)}`);
  return value;
}

/** Names the type of a value, for errors. */
export function kind(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Returns the value of a member, or undefined, which JSON cannot hold, if there is none. */
export function get(object, key) {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
