/** A schedule as the part of the playground's address after `#`. */
import { separated } from "../../recipe/arguments.ts";

/**
 * Writes a schedule as the playground reads it: flags as they are on the command line.
 *
 * @param given - Values of flags of a schedule by camelCase name, `sched` first if it is among them.
 * @returns Empty if nothing was given.
 * @example
 * scheduleAddress({ sched: "step", decayEpochs: 30 }); // => "#sched=step&decay-epochs=30"
 */
export function scheduleAddress(given: Readonly<Record<string, unknown>>): string {
  const { sched, ...others } = given;
  const pairs = Object.entries(sched === undefined ? others : { sched, ...others });
  const text = pairs.map(([name, value]) => `${separated(name, "-")}=${encoded(value)}`).join("&");
  return text === "" ? "" : `#${text}`;
}

function encoded(value: unknown): string {
  const text = Array.isArray(value) ? value.join(",") : String(value ?? "none");
  return encodeURIComponent(text).replaceAll("%2C", ",");
}
