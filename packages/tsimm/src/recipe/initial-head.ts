/** `--head-init-scale` and `--head-init-bias`: the classifier that training starts from. */
import type { Model } from "../models/model.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";

/**
 * Scales weight and bias of the last linear layer, then sets its bias, as timm does with weights that are loaded.
 *
 * @throws UsageError if there is no such layer, or it has no bias to set.
 */
export function setInitialHead(
  model: Model,
  { headInitScale, headInitBias }: Pick<TrainArguments, "headInitScale" | "headInitBias">,
): void {
  if (headInitScale === null && headInitBias === null) return;
  const tensors = model.getClassifier();
  const bias = tensors.find(({ name }) => name.endsWith(".bias"));
  if (tensors.length === 0 || (headInitBias !== null && bias === undefined)) {
    const flag = headInitBias === null ? "--head-init-scale" : "--head-init-bias";
    throw new UsageError(
      `train: ${flag} must be left out for ${model.name}, got ${headInitBias ?? headInitScale}; it has no such classifier`,
    );
  }
  if (headInitScale !== null) {
    for (const { data } of tensors)
      for (let i = 0; i < data.length; i++) data[i] = headInitScale * (data[i] ?? 0);
  }
  if (headInitBias !== null) bias?.data.fill(headInitBias);
}
