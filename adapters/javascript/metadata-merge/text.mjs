// The merge of JSON texts, which keeps every value byte for byte (rule `stored-as-sent`).

import { check } from "./syntax.mjs";
import { isObject, kind, Rejected } from "./value.mjs";

/** Returns the text of `target` after a PATCH with `patch`. */
export function mergeText(target, patch) {
  const stored = members(target, "the document");
  const entries = new Map();
  for (const member of members(patch, "the patch")) putLast(entries, member); // repeated-key
  if (entries.size === 0) return "{}"; // clear
  const merged = new Map();
  for (const member of stored) {
    const { key } = member;
    if (!entries.has(key)) {
      putLast(merged, member); // repeated-key
    } else if (!merged.has(key)) {
      // A key keeps its text and its first place, whatever its new value.
      merged.set(key, { ...member, valueText: entries.get(key).valueText });
    }
  }
  for (const [key, member] of entries) if (!merged.has(key)) merged.set(key, member);
  const kept = [...merged.values()].filter(({ key }) => entries.get(key)?.valueText !== "null"); // delete, stored-null
  return `{${kept.map(({ keyText, valueText }) => `${keyText}: ${valueText}`).join(", ")}}`;
}

/** Puts a member at the end, even if its key is there already. */
function putLast(map, member) {
  map.delete(member.key);
  map.set(member.key, member);
}

// Of text that is known to be JSON: a string, a bracket or separator, or a word without either.
const TOKEN = /"[^"\\]*(?:\\[^][^"\\]*)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

/** Returns the root members of an object's text, each with the texts of its key and of its value. */
function members(text, name) {
  if (typeof text !== "string") throw new Rejected(`${name}: expected a string of JSON text, found ${kind(text)}`);
  try {
    check(text);
    // Not `parse`: over text, `1e999` is a number.
    if (!isObject(JSON.parse(text))) throw new SyntaxError("found another value");
  } catch (error) {
    throw new Rejected(`${name}: expected the text of an object: ${error.message}`);
  }
  const found = [];
  let depth = 0;
  let keyText;
  let start; // of the value of the key
  let end;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === "}" || token === "]") depth -= 1;
    if (start !== undefined && ((depth === 1 && token === ",") || depth === 0)) {
      found.push({ key: JSON.parse(keyText), keyText, valueText: text.slice(start, end) });
      keyText = start = undefined;
    } else if (depth === 1 && keyText === undefined) {
      keyText = token;
    } else if (depth >= 1 && token !== ":") {
      start ??= index;
    }
    if (token === "{" || token === "[") depth += 1;
    end = index + token.length;
  }
  return found;
}
