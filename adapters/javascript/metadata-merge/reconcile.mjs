// Three-way reconcile of a document, for configuration tools.

import { jsonEqual } from "./equality.mjs";
import { expectObject, get, Rejected } from "./value.mjs";

/** Returns the body that brings the keys of `base` and `mine` to `mine`, and the conflicts. */
export function reconcile(base, mine, theirs) {
  expectObject(base, "base"); // reconcile-reject
  expectObject(mine, "mine");
  expectObject(theirs, "theirs");
  const { body, conflicts } = reconcileMembers({ base, mine, theirs });
  return { bodies: body.length > 0 ? [Object.fromEntries(body)] : [], conflicts: Object.fromEntries(conflicts) };
}

/**
 * Reconciles root key by root key. Returns the entries of the body and of the conflicts.
 *
 * The body never clears: if it is empty, there is nothing to do.
 */
export function reconcileMembers({ base, mine, theirs }) {
  const [body, conflicts] = [[], []];
  // reconcile-foreign
  for (const key of new Set([...Object.keys(base), ...Object.keys(mine)])) {
    const held = sides({ base, mine, theirs }, key);
    if (jsonEqual(held.theirs, held.mine)) continue; // reconcile-agreed
    if (held.mine === null) {
      throw new Rejected(`no patch stores null at the root key ${JSON.stringify(key)}`); // reconcile-reject
    }
    if (jsonEqual(held.theirs, held.base)) body.push([key, held.mine ?? null]); // reconcile
    else conflicts.push([key, held]); // reconcile-conflict
  }
  return { body, conflicts };
}

/** Returns what each side holds at a key: undefined if it lacks the key, which JSON.stringify leaves out. */
export function sides({ base, mine, theirs }, key) {
  return { base: get(base, key), mine: get(mine, key), theirs: get(theirs, key) };
}
