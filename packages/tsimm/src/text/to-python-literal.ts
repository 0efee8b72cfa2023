/** Values as Python's literals. */

/**
 * The Python literal of data: what `parsePythonLiteral` reads as the same.
 *
 * @param value - Null, a boolean, number, text, list or object of such.
 * @example
 * pythonLiteral([0.9, true, null, "a'b"]); // => "[0.9, True, None, 'a\\'b']"
 */
export function pythonLiteral(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  if (typeof value !== "object") return quoted(String(value));
  const items = Object.entries(value).map(([key, item]) => `${quoted(key)}: ${pythonLiteral(item)}`);
  return `{${items.join(", ")}}`;
}

function quoted(text: string): string {
  const escaped = text
    .replace(/[\\']/g, "\\$&")
    .replace(/[\n\r\t\0]/g, (character) => ESCAPES[character] ?? "");
  return `'${escaped}'`;
}

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" };
