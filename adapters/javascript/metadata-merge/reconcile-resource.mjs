// Three-way reconcile of a whole resource (rule `reconcile-resource`).

import { pointer } from "./pointer.mjs";
import { reconcileMembers, sides } from "./reconcile.mjs";
import { find, MERGE, REPLACE } from "./resource.mjs";
import { expectObject, get, isObject, kind, Rejected } from "./value.mjs";

/** Returns the body that brings what `base` and `mine` hold to `mine`, and the conflicts by pointer. */
export function reconcileResource(resourceName, base, mine, theirs) {
  const resource = find(resourceName);
  expectObject(base, "base");
  expectObject(mine, "mine");
  expectObject(theirs, "theirs");
  const [body, conflicts] = [[], []];
  for (const name of new Set([base, mine, theirs].flatMap(Object.keys))) {
    const held = sides({ base, mine, theirs }, name);
    const documents = documentsOf(resource, name, held);
    if (documents === undefined) {
      const unit = reconcileUnit(resource, name, held);
      body.push(...unit.body);
      if (unit.conflicts.length > 0) conflicts.push([pointer(name), held]);
      continue;
    }
    const members = reconcileMembers(documents);
    // An empty one would clear.
    if (members.body.length > 0) body.push([name, Object.fromEntries(members.body)]);
    conflicts.push(...members.conflicts.map(([key, each]) => [pointer(name, key), each]));
  }
  return { bodies: body.length > 0 ? [Object.fromEntries(body)] : [], conflicts: Object.fromEntries(conflicts) };
}

/** Returns each side as a document if it is reconciled by member, or undefined if it is one unit. */
function documentsOf({ attributes, fields }, name, held) {
  const field = fields.get(name);
  if (field) {
    if (field.mode === REPLACE) return undefined;
    return ofSides(held, (side) => expectObject(side === undefined ? {} : side, name));
  }
  if (attributes === REPLACE || !isObject(held.mine)) return undefined;
  const documents = ofSides(held, (side) => side ?? {});
  return Object.values(documents).every(isObject) ? documents : undefined;
}

/** Returns at most one entry for the body, or a conflict. */
function reconcileUnit({ attributes, fields }, name, held) {
  const field = fields.get(name);
  // A unit is the one member of a document. Null counts as absent, and so does `{}` in a field.
  const isAbsent = (side) => (side ?? null) === null || (field && isObject(side) && Object.keys(side).length === 0);
  const units = ofSides(held, (side) => (isAbsent(side) ? {} : Object.fromEntries([[name, side]])));
  const unit = reconcileMembers(units);
  if (unit.body.length > 0 || unit.conflicts.length > 0) {
    const { mine = null, theirs } = sides(units, name);
    if (field && mine !== null && !isObject(mine)) {
      throw new Rejected(`${name}: expected an object or null, found ${kind(mine)}`);
    }
    if (!field && attributes === MERGE && isObject(mine)) expectStorable(name, mine, theirs);
  }
  return unit;
}

/** Rejects a root null that `mine` wants and `theirs` does not hold, since no merge stores it. */
function expectStorable(name, mine, theirs) {
  for (const [key, value] of Object.entries(mine)) {
    if (value === null && !(isObject(theirs) && get(theirs, key) === null)) {
      throw new Rejected(`no patch stores null at ${JSON.stringify(pointer(name, key))}`); // reconcile-reject
    }
  }
}

function ofSides({ base, mine, theirs }, convert) {
  return { base: convert(base), mine: convert(mine), theirs: convert(theirs) };
}
