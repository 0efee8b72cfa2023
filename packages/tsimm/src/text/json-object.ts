/** Objects in JSON. */

/**
 * Whether a value is a JSON object, neither null nor a list.
 *
 * @param value - Parsed JSON.
 * @example
 * isJsonObject(JSON.parse('{"a": 1}')); // => true
 * isJsonObject(JSON.parse("[1]")); // => false
 */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
