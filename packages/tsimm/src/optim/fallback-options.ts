/** Options about tensors that Muon leaves to AdamW, beside those that it leaves by their shapes. */
import { boolean, type OptionChecks } from "./option-checks.ts";

/** Options of a model's groups, for an optimizer with the option `useFallback`. */
export interface FallbackOptions {
  /** Patterns of names, such as `head.*`; absent: none. */
  readonly fallbackList?: readonly string[] | null | undefined;
  /** The model's `noWeightDecay` is among them. */
  readonly fallbackNoWeightDecay?: boolean | undefined;
}

/** Checks of {@link FallbackOptions}. */
export const fallbackChecks: OptionChecks<FallbackOptions> = {
  fallbackList: {
    text: "a list of patterns of names",
    test: (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
  },
  fallbackNoWeightDecay: boolean,
};
