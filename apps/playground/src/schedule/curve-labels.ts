/** Names of curves that are shown together. */
import { type CompleteSettings, completeSettings } from "./complete-settings.ts";
import type { CurveSettings } from "./settings.ts";

/**
 * A label for each curve: the name of its schedule, with all in which it differs from others of that name.
 *
 * @param curves - In the order in which they are drawn.
 * @returns Labels as `tsimm schedule --compare` takes them: `step:decay-rate=0.1` and `step:decay-rate=0.5`.
 */
export function curveLabels(curves: readonly CurveSettings[]): string[] {
  return curves.map((curve, i) => {
    const namesakes = curves.filter(({ sched }) => sched === curve.sched);
    if (namesakes.length === 1) return curve.sched;
    const all = namesakes.map(flagsOf);
    const own = flagsOf(curve);
    const differing = own.filter(({ flag, text }) =>
      all.some((others) => others.some((other) => other.flag === flag && other.text !== text)),
    );
    const groups = namesakes.some((other) => scales(other) !== scales(curve))
      ? [`groups=${scales(curve)}`]
      : [];
    const settings = [...differing.map(({ setting }) => setting), ...groups].join(",");
    const place = curves.slice(0, i + 1).filter(({ sched }) => sched === curve.sched).length;
    return settings === "" ? `${curve.sched} ${place}` : `${curve.sched}:${settings}`;
  });
}

function scales({ groups }: CurveSettings): string {
  return groups.map(({ lrScale }) => lrScale).join(",") || "none";
}

interface LabelPart {
  readonly flag: string;
  readonly text: string;
  readonly setting: string;
}

function flagsOf(settings: CurveSettings): readonly LabelPart[] {
  const { parameters, values } = completeOrNothing(settings);
  return parameters.map(({ name, flag }) => {
    const value = values[name] ?? null;
    const text = Array.isArray(value) ? value.join(",") : String(value ?? "none");
    const word = flag.replace(/^--/, "");
    const setting = typeof value === "boolean" ? `${value ? "" : "no-"}${word}` : `${word}=${text}`;
    return { flag, text, setting };
  });
}

/** A name that no schedule has is its own label. */
function completeOrNothing(settings: CurveSettings): Pick<CompleteSettings, "parameters" | "values"> {
  try {
    const { parameters, values, flags } = completeSettings(settings, { updatesPerEpoch: 1 });
    // The span of the noise as the flag takes it.
    return { parameters, values: { ...values, lrNoise: flags.lrNoise ?? null } };
  } catch {
    return { parameters: [], values: {} };
  }
}
