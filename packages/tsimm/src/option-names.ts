/** Checks of the options objects that public functions take. */
import { suggestion } from "./text/suggestion.ts";

/**
 * Refuses what is no options object, and keys that nobody would read.
 *
 * @param where - Function named in errors.
 * @param options - What was passed.
 * @param names - Every key of the options.
 * @throws TypeError for null, a list or anything else that is no object; RangeError for an unknown key.
 */
export function checkOptionNames<O extends object>(
  where: string,
  options: O,
  names: { readonly [K in keyof Required<O>]: true },
): void {
  checkIsObject(where, options);
  const known = Object.keys(names);
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new RangeError(
      `${where}: option must be one of ${known.join(", ")}, got "${name}"${suggestion(name, known)}`,
    );
  }
}

/**
 * Refuses options that are no object.
 *
 * @param where - Function named in errors.
 * @throws TypeError for null, a list or anything else that is no object.
 */
export function checkIsObject(where: string, options: unknown): void {
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return;
  const got = typeof options === "function" ? "a function" : (JSON.stringify(options) ?? String(options));
  throw new TypeError(`${where}: options must be an object, got ${got}`);
}
