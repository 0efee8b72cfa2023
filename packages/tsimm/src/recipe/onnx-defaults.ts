/** Settings of a run whose model is an ONNX file. */
import type { TrainArguments } from "./arguments.ts";
import { isGiven } from "./given.ts";
import { isOnnxPath } from "./onnx-path.ts";

/**
 * Exporters fold batch normalizations into convolutions, and such a network diverges at the rates of training from
 * scratch.
 */
const FINE_TUNING = { opt: "adamw", lr: 5e-4, weightDecay: 0.01 } as const satisfies Partial<TrainArguments>;

/** Arguments of which one is enough to choose optimizer and rate oneself. */
const CHOSEN = ["opt", "lr", "lrBase", "lrBaseSize", "lrBaseScale"] as const;

/**
 * Settings that take the place of the defaults where `--model` is an ONNX file and neither optimizer nor rate is given.
 *
 * @param given - Explicit arguments, which win.
 */
export function onnxDefaults(given: Partial<TrainArguments>): Partial<TrainArguments> {
  if (!isOnnxPath(given.model ?? "") || CHOSEN.some((name) => isGiven(given, name))) return {};
  return isGiven(given, "weightDecay") ? { opt: FINE_TUNING.opt, lr: FINE_TUNING.lr } : FINE_TUNING;
}
