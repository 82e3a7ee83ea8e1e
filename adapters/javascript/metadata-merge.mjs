// What a metadata PATCH does, in JavaScript: copy it, it needs no package.
//
// Documents and bodies are what JSON.parse makes of JSON. Whatever the rules refuse throws a Rejected; no argument is changed.
//
// Objects are only ever made by Object.fromEntries, since `object[key] = value` sets the prototype where the key is __proto__;
// and members are only ever looked up by Object.hasOwn, since every object seems to have a `constructor`.

export class Rejected extends Error {}

const { entries, fromEntries, hasOwn, keys } = Object;

/** `target` after a PATCH with `patch`. */
export function merge(target, patch) {
  assertObject(target, "the document");
  assertObject(patch, "the patch");
  if (keys(patch).length === 0) return {};
  const merged = new Map(entries(target));
  for (const [key, value] of entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  }
  return fromEntries(merged);
}

/** The shortest list of bodies that does what `patches` do in their order. */
export function compose(patches) {
  let clear = false;
  let composed = new Map();
  for (const patch of patches) {
    assertObject(patch, "the patch");
    if (keys(patch).length === 0) {
      clear = true;
      composed = new Map();
    }
    for (const [key, value] of entries(patch)) composed.set(key, value);
  }
  // What is removed after a clear is gone already; a body of nulls alone would say nothing.
  const body = fromEntries([...composed].filter(([, value]) => !clear || value !== null));
  return [...(clear ? [{}] : []), ...(keys(body).length > 0 ? [body] : [])];
}

/** The smallest body, in a list, that turns `before` into `after`; no body, and never `{}`, where they are the same. */
export function diff(before, after) {
  assertObject(before, "the document before");
  assertObject(after, "the document after");
  const removed = keys(before).filter((key) => !hasOwn(after, key));
  const set = entries(after).filter(([key, value]) => !hasOwn(before, key) || !same(before[key], value));
  const [impossible] = set.find(([, value]) => value === null) ?? [];
  if (impossible !== undefined) throw new Rejected(`no patch sets the root key ${JSON.stringify(impossible)} to null`);
  const body = fromEntries([...removed.map((key) => [key, null]), ...set]);
  return keys(body).length > 0 ? [body] : [];
}

/** The smallest body, in a list, that brings `document` back after `patch`. */
export function undo(document, patch) {
  return diff(merge(document, patch), document);
}

/** Whether either order of two bodies gives the same, for every document. */
export function commute(first, second) {
  assertObject(first, "the first patch");
  assertObject(second, "the second patch");
  if (keys(first).length === 0 || keys(second).length === 0) {
    // After a clear a removal finds nothing, and so comes to the same before it; a set does not.
    return [...Object.values(first), ...Object.values(second)].every((value) => value === null);
  }
  return keys(first).every((key) => !hasOwn(second, key) || same(first[key], second[key]));
}

/** What `patch` really changes in `target`. */
export function changes(target, patch) {
  const merged = merge(target, patch);
  const added = entries(merged).filter(([key]) => !hasOwn(target, key));
  const replaced = entries(merged).filter(([key, value]) => hasOwn(target, key) && !same(target[key], value));
  const removed = entries(target).filter(([key]) => !hasOwn(merged, key));
  return {
    added: fromEntries(added),
    replaced: fromEntries(replaced.map(([key, value]) => [key, { old: target[key], new: value }])),
    removed: fromEntries(removed),
  };
}

/** The texts' merge, in which the text of every value, and so of every number, stays as it is. */
export function mergeText(target, patch) {
  const stored = members(target, "the document");
  const sent = members(patch, "the patch");
  if (sent.size === 0) stored.clear();
  for (const [key, text] of sent) {
    if (text === "null") stored.delete(key);
    else stored.set(key, text);
  }
  return `{${[...stored].map(([key, text]) => `${JSON.stringify(key)}: ${text}`).join(", ")}}`;
}

/** Whether two values are the same JSON: members in any order, items in theirs. */
export function same(left, right) {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => same(item, right[index]));
  }
  if (isObject(left) && isObject(right)) {
    const names = keys(left);
    return (
      names.length === keys(right).length && names.every((key) => hasOwn(right, key) && same(left[key], right[key]))
    );
  }
  return left === right;
}

/** A JSON object: neither null nor an array, which both are objects to `typeof`. */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON, without numbers so large that they are Infinity here, which JSON.stringify would turn into null. */
export function parse(text) {
  return JSON.parse(text, (_, value) => {
    if (value === Infinity || value === -Infinity) throw new SyntaxError("a number is too large");
    return value;
  });
}

function assertObject(value, name) {
  if (!isObject(value)) throw new Rejected(`${name} must be a JSON object`);
}

/** The root members of an object's text, each value as its text; of a repeated key the last. */
function members(text, name) {
  try {
    if (typeof text !== "string" || !isObject(JSON.parse(text))) throw new SyntaxError("it is something else");
  } catch (error) {
    throw new Rejected(`${name} must be the text of a JSON object: ${error.message}`);
  }
  // From here on it is known to be JSON: strings, brackets, separators, and words without either.
  const tokens = text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g);
  const found = new Map();
  let depth = 0;
  let key;
  let start; // of the value of `key`
  let end;
  for (const { 0: token, index } of tokens) {
    if (depth === 1 && start !== undefined && (token === "," || token === "}")) {
      found.set(key, text.slice(start, end));
      key = start = undefined;
    } else if (depth === 1 && key === undefined) {
      if (token !== "}") key = JSON.parse(token);
    } else if (depth >= 1 && token !== ":") {
      start ??= index;
    }
    if (token === "{" || token === "[") depth += 1;
    if (token === "}" || token === "]") depth -= 1;
    end = index + token.length;
  }
  return found;
}
