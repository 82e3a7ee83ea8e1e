// What JavaScript programs merge by, each as an adapter: adapter.mjs NAME

import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(import.meta.url);

const PEERS = {
  spread: () => (target, patch) => ({ ...target, ...patch }),
  "lodash.merge": () => require("lodash").merge,
  deepmerge: () => require("deepmerge"),
  "json-merge-patch": () => require("json-merge-patch").apply,
};

const merge = PEERS[process.argv[2]]();

function reply({ seq, op, target, patch }) {
  if (op !== "merge") return { seq, unsupported: true };
  try {
    return { seq, result: merge(target, patch) ?? null };
  } catch (error) {
    return { seq, rejected: error.message };
  }
}

let rest = "";
for await (const chunk of process.stdin.setEncoding("utf8")) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) process.stdout.write(`${JSON.stringify(reply(JSON.parse(line)))}\n`);
}
