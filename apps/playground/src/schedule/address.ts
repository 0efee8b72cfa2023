/** The state of the playground as the part of an address after `#`: short, readable, and safe to open. */
import { schedulerNames } from "@tsimm/scheduler";
import { type Flag, scheduleFlags } from "tsimm/plot";
import { defaultState } from "./default-settings.ts";
import { decodeMetric, decodeNumber, decodeNumbers, encodeMetric, encodeNumber } from "./encode-numbers.ts";
import type { CurveSettings, GroupSettings, PlaygroundState, SettingValue } from "./settings.ts";
import { separated } from "./timm-names.ts";

/** Most curves, and most further groups of each, that an address holds. */
const MOST_CURVES = 12;
const MOST_GROUPS = 50;
/** Longer addresses are not read. */
const MOST_CHARACTERS = 200_000;
const MOST_UPDATES = 10_000_000;

/**
 * Writes a state: `#sched=step&epochs=90&vs=cosine&warmup-prefix=true`. What stands behind `vs` is of that further curve.
 *
 * @param state - At most 12 curves and 50 further groups are written; names of schedules that are not known are left
 *   out, as are values that no flag can have.
 */
export function encodeState(state: PlaygroundState): string {
  const { updatesPerEpoch, selected, logScale } = defaultState();
  const curves = state.curves.slice(0, MOST_CURVES);
  const pairs = curves.flatMap((curve, i) => [
    [i === 0 ? "sched" : "vs", curve.sched],
    ...encodeCurve(curve),
  ]);
  if (state.selected !== selected) pairs.push(["selected", String(state.selected)]);
  if (state.updatesPerEpoch !== updatesPerEpoch)
    pairs.push(["updates-per-epoch", String(state.updatesPerEpoch)]);
  if (state.logScale !== logScale) pairs.push(["log-scale", String(state.logScale)]);
  return `#${pairs.map(([name, value = ""]) => `${name}=${encodeValue(value)}`).join("&")}`;
}

/**
 * Reads what {@link encodeState} wrote. What cannot be read has its default; nothing is thrown, whatever the text is.
 *
 * @param hash - With or without `#`.
 * @returns null if there is nothing to read.
 */
export function decodeState(hash: string): PlaygroundState | null {
  const pairs = readPairs(hash);
  if (pairs.length === 0) return null;
  const fallback = defaultState();
  const [usual] = fallback.curves;
  const drafts: Draft[] = [emptyDraft(usual?.sched ?? "step")];
  let { updatesPerEpoch, logScale, selected } = fallback;
  for (const [name, value] of pairs) {
    const draft = drafts.at(-1);
    if (name === "vs") drafts.push(emptyDraft(value));
    else if (name === "sched" && draft && drafts.length === 1 && isSchedule(value)) draft.sched = value;
    else if (name === "selected") selected = wholeNumber(value, 0, MOST_CURVES) ?? selected;
    else if (name === "updates-per-epoch")
      updatesPerEpoch = wholeNumber(value, 1, MOST_UPDATES) ?? updatesPerEpoch;
    else if (name === "log-scale") logScale = value === "true";
    else if (draft) readCurvePart(draft, name, value);
  }
  const curves = drafts
    .filter(({ sched }) => isSchedule(sched))
    .slice(0, MOST_CURVES)
    .map(finish);
  return {
    curves,
    updatesPerEpoch,
    logScale,
    selected: selected < curves.length ? selected : fallback.selected,
  };
}

interface Draft {
  sched: string;
  readonly args: Map<string, SettingValue>;
  groups: readonly GroupSettings[];
  metric: readonly number[] | null;
}

function emptyDraft(sched: string): Draft {
  return { sched, args: new Map(), groups: [], metric: null };
}

function finish({ args, ...draft }: Draft): CurveSettings {
  return { ...draft, args: Object.fromEntries(args) };
}

function isSchedule(name: string): boolean {
  return schedulerNames().some((known) => known === name);
}

function readPairs(hash: string): readonly (readonly [string, string])[] {
  if (typeof hash !== "string" || hash.length > MOST_CHARACTERS) return [];
  return hash
    .replace(/^#/, "")
    .split("&")
    .flatMap((pair) => {
      const [, name, value] = /^([a-z][a-z\d-]*)=(.*)$/s.exec(pair) ?? [];
      if (name === undefined || value === undefined) return [];
      try {
        return [[name, decodeURIComponent(value)] as const];
      } catch {
        return [];
      }
    });
}

/** Letters that a query may have stay readable. */
function encodeValue(value: string): string {
  return encodeURIComponent(value).replaceAll("%2C", ",");
}

function encodeCurve({ args, groups, metric }: CurveSettings): string[][] {
  const pairs = scheduleFlags().flatMap(([name, flag]) => {
    if (!Object.hasOwn(args, name)) return [];
    const value = encodeArgument(flag, args[name] ?? null);
    return value === null ? [] : [[separated(name, "-"), value]];
  });
  const scales = groups.slice(0, MOST_GROUPS).map(({ lrScale }) => encodeNumber(lrScale));
  if (scales.length > 0) pairs.push(["groups", scales.join(",")]);
  if (metric !== null) pairs.push(["metric", encodeMetric(metric)]);
  return pairs;
}

function readCurvePart(draft: Draft, name: string, value: string): void {
  if (name === "groups") {
    const scales = decodeNumbers(value, MOST_GROUPS) ?? [];
    if (scales.every((scale) => scale >= 0)) draft.groups = scales.map((lrScale) => ({ lrScale }));
    return;
  }
  if (name === "metric") {
    draft.metric = decodeMetric(value);
    return;
  }
  const row = scheduleFlags().find(([key]) => separated(key, "-") === name);
  if (row === undefined || row[0] === "sched") return;
  const argument = decodeArgument(row[1], value);
  if (argument !== undefined) draft.args.set(row[0], argument);
}

const NONE = "none";

/** The text of a value; null if it is none of the flag's kind. */
function encodeArgument(flag: Flag, value: SettingValue): string | null {
  const text = Array.isArray(value)
    ? value.map((one: number) => encodeNumber(one)).join(",")
    : typeof value === "number"
      ? encodeNumber(value)
      : String(value ?? NONE);
  const read = decodeArgument(flag, text);
  return read !== undefined && typeof read === typeof value ? text : null;
}

/** The value of a text; undefined if it is none of the flag's kind. */
function decodeArgument({ type, choices, count = [1, 1000] }: Flag, text: string): SettingValue | undefined {
  switch (type) {
    case "flag":
      return text === "true" || text === "false" ? text === "true" : undefined;
    case "int":
    case "float":
      return text === NONE ? null : (decodeNumber(text) ?? undefined);
    case "ints":
    case "floats": {
      const numbers = text === NONE ? null : decodeNumbers(text, count[1]);
      return text === NONE || numbers !== null ? numbers : undefined;
    }
    default:
      return choices?.includes(text) || (!choices && /^[a-z][\w-]{0,60}$/i.test(text)) ? text : undefined;
  }
}

function wholeNumber(text: string, least: number, most: number): number | null {
  const value = decodeNumber(text);
  return value !== null && Number.isInteger(value) && value >= least && value <= most ? value : null;
}
