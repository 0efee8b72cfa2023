/**
 * Colours that colour-blind people tell apart, ordered so that neighbours also differ in lightness.
 *
 * @see Okabe and Ito, "Color Universal Design" (2008); its yellow is left out, being illegible on white.
 */
export const PALETTE: readonly [string, ...string[]] = [
  "#0072b2", // blue
  "#d55e00", // vermilion
  "#009e73", // bluish green
  "#cc79a7", // reddish purple
  "#e69f00", // orange
  "#56b4e9", // sky blue
  "#000000", // black
];
