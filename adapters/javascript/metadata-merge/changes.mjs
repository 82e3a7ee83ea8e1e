// The preview of a patch.

import { jsonEqual } from "./equality.mjs";
import { merge } from "./merge.mjs";

/** Returns what `patch` changes in `target`. A key that gets an equal value is no change. */
export function changes(target, patch) {
  const merged = merge(target, patch);
  const [added, replaced] = [[], []];
  for (const [key, value] of Object.entries(merged)) {
    if (!Object.hasOwn(target, key)) added.push([key, value]);
    else if (!jsonEqual(target[key], value)) replaced.push([key, { old: target[key], new: value }]);
  }
  const removed = Object.entries(target).filter(([key]) => !Object.hasOwn(merged, key));
  return {
    added: Object.fromEntries(added),
    replaced: Object.fromEntries(replaced),
    removed: Object.fromEntries(removed),
  };
}
