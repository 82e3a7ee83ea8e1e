// Guards: merges that deny a loss of data.

import { merge } from "./merge.mjs";
import { Rejected } from "./value.mjs";

/** Merges, unless that removes a stored root key. */
export function denyRemovals(target, patch) {
  const merged = merge(target, patch);
  for (const key of Object.keys(target)) {
    if (!Object.hasOwn(merged, key)) {
      throw new Rejected(`the patch would remove the root key ${JSON.stringify(key)}`); // deny-removals
    }
  }
  return merged;
}

/** Merges, unless that leaves a document empty that was not. */
export function denyWipe(target, patch) {
  const merged = merge(target, patch);
  if (Object.keys(target).length > 0 && Object.keys(merged).length === 0) {
    throw new Rejected("the patch would leave the document empty"); // deny-wipe
  }
  return merged;
}
