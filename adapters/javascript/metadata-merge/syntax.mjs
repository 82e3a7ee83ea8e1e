// Strict JSON: what JSON.parse accepts beyond RFC 8259 is rejected (rule `json-text`).

const MAX_DEPTH = 127;
const BRACKET = /[[\]{}]/g;
const STRING_OR_BRACKET = /"[^"\\]*(?:\\[^][^"\\]*)*"|[[\]{}]/g;
// A surrogate pair, the first half of an escape that has no partner (the group), or another escape.
const ESCAPE = /\\(?:u[dD][89abAB]\w\w\\u[dD][c-fC-F]|(u[dD][89a-fA-F])|[^])/g;

/** Parses JSON. Of a repeated key the last value counts (rule `repeated-key`). */
export function parse(text) {
  check(text);
  return JSON.parse(text, (_, value) => {
    // JSON.stringify would write it as null, which removes.
    if (value === Infinity || value === -Infinity) throw new SyntaxError("found a number beyond the range of doubles");
    return value;
  });
}

/** Throws for what JSON.parse lets pass: deep nesting and unpaired surrogates. */
export function check(text) {
  if ((text.match(BRACKET)?.length ?? 0) > 2 * MAX_DEPTH) checkDepth(text);
  if (!text.includes("\\u")) return;
  for (const [, unpaired] of text.matchAll(ESCAPE)) {
    if (unpaired !== undefined) throw new SyntaxError("found an unpaired surrogate");
  }
}

function checkDepth(text) {
  let depth = 0;
  for (const [token] of text.matchAll(STRING_OR_BRACKET)) {
    if (token === "[" || token === "{") depth += 1;
    if (token === "]" || token === "}") depth -= 1;
    if (depth > MAX_DEPTH) throw new SyntaxError(`expected at most ${MAX_DEPTH} levels of nesting`);
  }
}
