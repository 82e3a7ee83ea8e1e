// The adapter protocol (../PROTOCOL.md): one JSON request a line, one JSON reply a line.

import { isObject, parse, Rejected } from "./metadata-merge/index.mjs";

/** Answers `input` until it ends. An operation is a function and the names of its arguments. */
export async function serve(operations, input, output) {
  for await (const line of lines(input)) output.write(`${JSON.stringify(reply(line, operations))}\n`);
}

function reply(line, operations) {
  let request;
  try {
    // A fatal decoder rejects bytes that are not UTF-8. It must not swallow a byte order mark.
    request = parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line));
  } catch (error) {
    return { seq: null, rejected: reason(`expected a line of JSON: ${error.message}`) };
  }
  if (!isObject(request)) return { seq: null, rejected: "expected an object" };
  const arguments_ = new Map(Object.entries(request));
  const [seq, op] = [arguments_.get("seq"), arguments_.get("op")];
  if (!Number.isInteger(seq) || typeof op !== "string") {
    return { seq: null, rejected: "expected an integer `seq` and a string `op`" };
  }
  if (!operations.has(op)) return { seq, unsupported: true };
  const [operation, ...names] = operations.get(op);
  const missing = names.find((name) => !arguments_.has(name));
  if (missing !== undefined) return { seq, rejected: `${op} needs the argument ${missing}` };
  try {
    return { seq, result: operation(...names.map((name) => arguments_.get(name))) };
  } catch (error) {
    if (error instanceof Rejected) return { seq, rejected: reason(error.message) };
    throw error;
  }
}

/** Returns a message without half characters: JSON.parse may cut a surrogate pair of the text that it quotes. */
function reason(message) {
  return message.toWellFormed();
}

/** Yields lines as bytes. Not node:readline, which takes U+2028 for the end of a line. */
async function* lines(input) {
  let parts = [];
  for await (const chunk of input) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end)]);
      parts = [];
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}
