/** A schedule as the part of the playground's address after `#`. */
import { separated, trainFlags } from "../../recipe/arguments.ts";

/**
 * Writes a schedule as the playground reads it: flags as they are on the command line, but for the noise, from and to
 * which it has epochs in place of fractions of the run.
 *
 * @param given - Values of flags of a schedule by camelCase name, `sched` first if it is among them.
 * @returns Empty if nothing was given.
 * @example
 * scheduleAddress({ sched: "step", decayEpochs: 30 }); // => "#sched=step&decay-epochs=30"
 * scheduleAddress({ epochs: 90, lrNoise: [0.1, 0.5] }); // => "#epochs=90&lr-noise=9,45"
 */
export function scheduleAddress(given: Readonly<Record<string, unknown>>): string {
  const { sched, ...others } = { ...given, ...inEpochs(given) };
  const pairs = Object.entries(sched === undefined ? others : { sched, ...others });
  const text = pairs.map(([name, value]) => `${separated(name, "-")}=${encoded(value)}`).join("&");
  return text === "" ? "" : `#${text}`;
}

function inEpochs({
  lrNoise,
  epochs = trainFlags.epochs.default,
}: Readonly<Record<string, unknown>>): object {
  return Array.isArray(lrNoise) ? { lrNoise: lrNoise.map((share) => Number(share) * Number(epochs)) } : {};
}

function encoded(value: unknown): string {
  const text = Array.isArray(value) ? value.join(",") : String(value ?? "none");
  return encodeURIComponent(text).replaceAll("%2C", ",");
}
