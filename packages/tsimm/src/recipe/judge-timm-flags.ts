/** The fate of timm's flags that are no argument here, wherever they are given. */
import { printable } from "../text/printable.ts";
import { type TimmFlag, timmFlags } from "./timm-flags.ts";

/** A flag of timm as it was given. */
export interface GivenTimmFlag {
  /** timm's key. */
  readonly key: string;
  /** As the user typed it: `--pin-mem` or, in a file, `pin_mem`. */
  readonly typed: string;
  readonly value: unknown;
}

/** What came of flags. */
export interface JudgedTimmFlags {
  /** Flags that change nothing, `--pin-mem`; with what is there in their place behind those that share it. */
  readonly withoutEffect: readonly string[];
  /** Why others are refused. */
  readonly problems: readonly string[];
}

/**
 * Sorts flags into those that change nothing and those that are refused.
 *
 * @param given - Flags with keys of `timmFlags`; in files only those that are not at timm's default change anything.
 * @param options - `explicit`: they were typed one by one, so that those at their defaults are noted, too.
 */
export function judgeTimmFlags(
  given: readonly GivenTimmFlag[],
  { explicit = false }: { readonly explicit?: boolean } = {},
): JudgedTimmFlags {
  const idle = new Map<string, string[]>();
  const problems: string[] = [];
  for (const { key, typed, value } of given) {
    const flag = timmFlags[key];
    if (flag === undefined) continue;
    const { fate, because } = flag;
    if (fate === "no effect" && (explicit || !isAtDefault(flag, value))) {
      idle.set(because, [...(idle.get(because) ?? []), typed]);
    } else if (fate === "not offered" && !isAtDefault(flag, value) && !flag.allows?.(value)) {
      problems.push(`${typed} must be ${restingValue(flag)}, got ${shown(value)}; ${because}`);
    }
  }
  const withoutEffect = [...idle].flatMap(([because, names]) =>
    because === "" ? names : [`${names.join(", ")} (${because})`],
  );
  return { withoutEffect, problems };
}

/** Whether a value switches nothing on: timm's default, or what is nothing. */
function isAtDefault(flag: TimmFlag, value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === "") return true;
  if (typeof value === "object" && Object.keys(value).length === 0) return true;
  const fallback = flag.default;
  if (String(value) === String(fallback)) return true;
  const number = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value);
  // A switch that is a number is off at 0.
  return typeof fallback === "number"
    ? number === fallback
    : (fallback === null || fallback === false) && number === 0;
}

/** What keeps a flag off, in words. */
function restingValue({ default: fallback }: TimmFlag): string {
  return typeof fallback === "string" && fallback !== "" ? JSON.stringify(fallback) : "off";
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return printable(value.join(" "));
  // The command line has numbers as texts.
  if (typeof value === "string") return /^[-+.\d]+$/.test(value) ? value : `"${printable(value)}"`;
  return typeof value === "object" && value !== null ? printable(JSON.stringify(value)) : String(value);
}
