// Equality of JSON values. Every number is a double here, so `1` and `1.0` are one value, and so are
// integers beyond 2^53 that share their nearest double (rule `equal-numbers`).

import { isObject } from "./value.mjs";

/** Returns whether two values are equal. */
export function jsonEqual(left, right) {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => jsonEqual(item, right[index]));
  }
  if (isObject(left) && isObject(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && jsonEqual(left[key], right[key]))
    );
  }
  return left === right;
}
