// The module metadata-merge as an adapter (../PROTOCOL.md).

import process from "node:process";
import * as rules from "./metadata-merge/index.mjs";
import { serve } from "./protocol.mjs";

const OPERATIONS = new Map([
  ["merge", [rules.merge, "target", "patch"]],
  ["text", [rules.mergeText, "target", "patch"]],
  ["compose", [rules.compose, "patches"]],
  ["diff", [rules.diff, "before", "after"]],
  ["undo", [rules.undo, "document", "patch"]],
  ["commute", [rules.commute, "first", "second"]],
  ["changes", [rules.changes, "target", "patch"]],
  ["reconcile", [rules.reconcile, "base", "mine", "theirs"]],
  ["reconcile_resource", [rules.reconcileResource, "resource", "base", "mine", "theirs"]],
  ["deny_removals", [rules.denyRemovals, "target", "patch"]],
  ["deny_wipe", [rules.denyWipe, "target", "patch"]],
  ["create", [rules.create, "resource", "body"]],
  ["update", [rules.update, "resource", "stored", "body"]],
  ["limits", [rules.limits, "resource", "stored"]],
]);

await serve(OPERATIONS, process.stdin, process.stdout);
