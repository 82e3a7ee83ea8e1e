// metadata-merge.mjs and resources.mjs behind the adapter protocol.

import * as rules from "./metadata-merge.mjs";
import * as resources from "./resources.mjs";

const OPERATIONS = new Map([
  ["merge", [rules.merge, "target", "patch"]],
  ["text", [rules.mergeText, "target", "patch"]],
  ["compose", [rules.compose, "patches"]],
  ["diff", [rules.diff, "before", "after"]],
  ["undo", [rules.undo, "document", "patch"]],
  ["commute", [rules.commute, "first", "second"]],
  ["changes", [rules.changes, "target", "patch"]],
  ["create", [resources.create, "resource", "body"]],
  ["update", [resources.update, "resource", "stored", "body"]],
  ["limits", [resources.limits, "resource", "stored"]],
]);

function reply(line) {
  let request;
  try {
    request = rules.parse(line);
  } catch (error) {
    return { seq: null, rejected: `not a line of JSON: ${error.message}` };
  }
  if (!rules.isObject(request) || !Number.isInteger(request.seq) || typeof request.op !== "string") {
    return { seq: null, rejected: "not a request" };
  }
  const { seq, op } = request;
  if (!OPERATIONS.has(op)) return { seq, unsupported: true };
  const [operation, ...names] = OPERATIONS.get(op);
  const missing = names.find((name) => !Object.hasOwn(request, name));
  if (missing !== undefined) return { seq, rejected: `there is no ${missing}` };
  if (op === "compose" && !Array.isArray(request.patches)) return { seq, rejected: "patches must be an array" };
  try {
    return { seq, result: operation(...names.map((name) => request[name])) };
  } catch (error) {
    // A RangeError is a document that is nested too deep for this stack.
    if (error instanceof rules.Rejected || error instanceof RangeError) return { seq, rejected: error.message };
    throw error;
  }
}

// Not node:readline, which takes U+2028 for the end of a line; in JSON it may stand in a string.
let rest = "";
for await (const chunk of process.stdin.setEncoding("utf8")) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) process.stdout.write(`${JSON.stringify(reply(line))}\n`);
}
if (rest !== "") process.stdout.write(`${JSON.stringify(reply(rest))}\n`);
