/**
 * The one sentence of every error: `<where>: <parameter> must be <allowed>, got <value>; <what to do>`.
 *
 * @param where - Class or function.
 * @param parameter - Name of what was refused.
 * @param allowed - What may stand there, to follow "must be".
 * @param got - What stood there.
 * @param advice - What to do, where there is something to do.
 */
export function refusal(
  where: string,
  parameter: string,
  allowed: string,
  got: unknown,
  advice?: string,
): string {
  return `${where}: ${parameter} must be ${allowed}, got ${show(got)}${advice ? `; ${advice}` : ""}`;
}

/**
 * A result that no double can hold is refused, and the option to blame named.
 *
 * @returns `value`, if it is finite.
 */
export function finite(value: number, where: string, option: string, got: number): number {
  if (Number.isFinite(value)) return value;
  throw new RangeError(refusal(where, option, "such that every value stays finite", got));
}

const LONGEST = 60;

/** A value as one short line of text. */
export function show(value: unknown): string {
  const text = showWhole(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function showWhole(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return `[${Array.from(value.slice(0, LONGEST), showItem).join(", ")}]`;
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}

/** A list within a list may be that list itself. */
function showItem(value: unknown): string {
  return Array.isArray(value) ? "a list" : show(value);
}
