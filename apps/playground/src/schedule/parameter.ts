/** A parameter of a schedule, as a control shows it. */
import type { SettingValue } from "./settings.ts";

/** Heading that a parameter stands under. */
export type ParameterGroup = "Run" | "Schedule" | "Warm-up" | "Cycles" | "Noise";

/** How a parameter is set: `span` is a pair of epochs or null, `numbers` an ascending list. */
export type ParameterKind = "number" | "integer" | "boolean" | "choice" | "span" | "numbers";

/** A parameter, derived from the definition of a schedule and the table of training flags. */
export interface Parameter {
  /** Key in `CurveSettings.args`, e.g. `decayEpochs`. */
  readonly name: string;
  /** Option of the class, e.g. `decayT`; null: it has none. */
  readonly option: string | null;
  /** timm's name of the option, e.g. `decay_t`; null: timm has none. */
  readonly timmOption: string | null;
  /** Flag of `tsimm train`, e.g. `--decay-epochs`. */
  readonly flag: string;
  readonly group: ParameterGroup;
  readonly kind: ParameterKind;
  /** Its effect, a phrase. */
  readonly help: string;
  readonly default: SettingValue;
  /** Ends and step of the slider; the field beside it takes any valid value. */
  readonly range: {
    readonly min: number;
    readonly max: number;
    /** On a logarithmic scale in decades: 0.05 is a factor of 10^0.05. */
    readonly step: number;
    readonly scale: "linear" | "log";
    /** Whether the left end of a logarithmic slider stands for 0. */
    readonly zero: boolean;
  };
  /** Values of a `choice`. */
  readonly choices: readonly string[];
  /** Unit of the value, e.g. `epochs`; empty: none. */
  readonly unit: string;
}
