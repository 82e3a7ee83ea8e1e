// The smallest patch between two documents, and the patch that takes another one back.

import { jsonEqual } from "./equality.mjs";
import { merge } from "./merge.mjs";
import { expectObject, Rejected } from "./value.mjs";

/**
 * Returns the smallest body that turns `before` into `after`, or an empty list if they are equal.
 *
 * It never clears: a key that somebody else adds meanwhile survives.
 */
export function diff(before, after) {
  expectObject(before, "the document before");
  expectObject(after, "the document after");
  const removed = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const body = removed.map((key) => [key, null]);
  for (const [key, value] of Object.entries(after)) {
    if (Object.hasOwn(before, key) && jsonEqual(before[key], value)) continue;
    if (value === null) throw new Rejected(`no patch stores null at the root key ${JSON.stringify(key)}`);
    body.push([key, value]);
  }
  return body.length > 0 ? [Object.fromEntries(body)] : [];
}

/** Returns the smallest body that brings `document` back after `patch`, or an empty list. */
export function undo(document, patch) {
  return diff(merge(document, patch), document);
}
