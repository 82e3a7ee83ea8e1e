// What a metadata PATCH does, in JavaScript. Copy this folder: it needs no package.
//
// Values are what `parse` returns. No function changes its arguments. Input that the rules reject
// throws a `Rejected`. A comment names the rule that a line implements by its id.
//
// Objects are made by `Object.fromEntries`, since `object[key] = value` sets the prototype where the
// key is `__proto__`. Members are looked up by `Object.hasOwn`, since every object inherits some.

export { changes } from "./changes.mjs";
export { commute, compose } from "./compose.mjs";
export { diff, undo } from "./diff.mjs";
export { jsonEqual } from "./equality.mjs";
export { denyRemovals, denyWipe } from "./guards.mjs";
export { limits } from "./limits.mjs";
export { merge } from "./merge.mjs";
export { reconcile } from "./reconcile.mjs";
export { reconcileResource } from "./reconcile-resource.mjs";
export { create, update } from "./resource.mjs";
export { parse } from "./syntax.mjs";
export { mergeText } from "./text.mjs";
export { isObject, Rejected } from "./value.mjs";
