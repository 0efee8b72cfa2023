import type { GradientRule } from "../gradient-rule.ts";

/** y = x. */
export const identity: GradientRule = ({ gradient }) => [gradient];
