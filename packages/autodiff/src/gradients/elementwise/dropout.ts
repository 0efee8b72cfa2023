import type { Value } from "../../graph/graph.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/**
 * y = x, as in evaluation and with a ratio of 0.
 *
 * @throws RangeError in training mode with another ratio: the mask would be drawn by the runtime, out of the reach of any seed.
 */
export const dropout: Rule = defineRule({
  op: "Dropout",
  elementwise: true,
  gradient({ name, gradient, inputs, builder }) {
    const [, ratio, training] = inputs;
    const number = (value: Value) => builder.constantOf(value.name)?.data[0];
    if (training && number(training) !== 0 && !(ratio && number(ratio) === 0)) {
      throw new RangeError(
        `Dropout "${name}": training_mode must be false, got true; multiply by a mask that is fed as an input`,
      );
    }
    return [gradient];
  },
});
