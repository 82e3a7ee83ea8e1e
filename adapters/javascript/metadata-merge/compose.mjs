// The algebra of patches: several in a row as one, and whether two may change places.

import { jsonEqual } from "./equality.mjs";
import { expectObject, kind, Rejected } from "./value.mjs";

/** Returns the shortest list of bodies that does what `patches` do in their order. */
export function compose(patches) {
  if (!Array.isArray(patches)) throw new Rejected(`patches: expected an array, found ${kind(patches)}`);
  let clears = false;
  let entries = new Map();
  for (const patch of patches) {
    const body = Object.entries(expectObject(patch, "the patch"));
    if (body.length === 0) {
      clears = true;
      entries = new Map();
    }
    for (const [key, value] of body) entries.set(key, value);
  }
  if (!clears) return entries.size > 0 ? [Object.fromEntries(entries)] : [];
  // After a clear there is nothing to remove. An empty second body would be another clear.
  const sets = [...entries].filter(([, value]) => value !== null);
  return sets.length > 0 ? [{}, Object.fromEntries(sets)] : [{}];
}

/** Returns whether either order of two bodies gives the same result, for every document. */
export function commute(first, second) {
  const one = Object.entries(expectObject(first, "the first patch"));
  const other = Object.entries(expectObject(second, "the second patch"));
  if (one.length === 0 || other.length === 0) {
    // A removal before a clear is as good as one after it. A set survives only after it.
    return [...one, ...other].every(([, value]) => value === null);
  }
  return one.every(([key, value]) => !Object.hasOwn(second, key) || jsonEqual(value, second[key]));
}
