import type { GradientRule } from "../gradient-rule.ts";

/** Comparisons, rounding, shapes, indices: piecewise constant, so that nothing flows back. */
export const withoutGradient: GradientRule = () => [];
