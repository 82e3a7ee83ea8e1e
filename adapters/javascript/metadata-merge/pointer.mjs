// JSON Pointer, RFC 6901.

/** Returns the pointer to a member, by the keys on the way to it. */
export function pointer(...path) {
  return path.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
