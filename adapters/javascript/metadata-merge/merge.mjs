// The merge of one document and one patch: the definition that all else builds on.

import { expectObject } from "./value.mjs";

/** Returns `target` after a PATCH with `patch`. */
export function merge(target, patch) {
  const merged = new Map(Object.entries(expectObject(target, "the document"))); // reject, keep, stored-null
  const entries = Object.entries(expectObject(patch, "the patch")); // reject
  if (entries.length === 0) return {}; // clear
  for (const [key, value] of entries) {
    if (value === null) merged.delete(key); // delete, delete-missing, emptied
    else merged.set(key, value); // set, shallow, verbatim, exact-keys
  }
  return Object.fromEntries(merged);
}
