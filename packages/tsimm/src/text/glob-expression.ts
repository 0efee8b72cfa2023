/** Patterns of names. */

/**
 * A glob as Python's fnmatch reads it: `*` for any characters, `?` for one, `[abc]` and `[!abc]`.
 *
 * @param where - Function and parameter, for the error.
 * @throws RangeError if its brackets make no expression.
 */
export function globExpression(where: string, pattern: string): RegExp {
  const source = pattern.replaceAll(/\[!?[^\]]+\]|[\s\S]/g, (part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    if (part.length === 1) return part.replace(/[\\^$.|+()[\]{}/-]/, "\\$&");
    const inside = part
      .slice(1, -1)
      .replace(/^!/, "")
      .replaceAll(/[\\^\]]/g, "\\$&");
    return `[${part[1] === "!" ? "^" : ""}${inside}]`;
  });
  try {
    return new RegExp(`^${source.replaceAll(/(\.\*)+/g, ".*")}$`, "s");
  } catch {
    throw new RangeError(`${where} must be globs such as layer1*, got "${pattern}"; mend its brackets`);
  }
}
