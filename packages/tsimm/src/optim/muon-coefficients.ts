/** Coefficients of the Newton-Schulz iterations of Muon. */
import type { OptionCheck } from "./option-checks.ts";

/** a, b and c of an iteration X = aX + bXXᵀX + c(XXᵀ)²X. */
export type MuonCoefficients = readonly [a: number, b: number, c: number];

/** Name of coefficients. */
export type MuonPreset = "original" | "quintic" | "polar_express" | "polar_express_safer";

/** Coefficients by name, one triple an iteration; further iterations have the last. */
const presets: Readonly<Record<MuonPreset, readonly MuonCoefficients[]>> = {
  /** Jordan (kellerjordan.github.io/posts/muon). */
  original: [[3.4445, -4.775, 2.0315]],
  /** Cesista (leloykun.github.io/ponder/muon-opt-coeffs). */
  quintic: [
    [4.0848, -6.8946, 2.927],
    [3.9505, -6.3029, 2.6377],
    [3.7418, -5.5913, 2.3037],
    [2.8769, -3.1427, 1.2046],
    [2.8366, -3.0525, 1.2012],
  ],
  /** Amsel et al., arXiv:2505.16932. */
  polar_express: [
    [8.237312490495555, -23.157747414558198, 16.680568411445915],
    [4.082441999064835, -2.893047735332586, 0.5252849256975648],
    [3.9263479922546582, -2.8547468034765298, 0.5318022422894988],
    [3.2982187133085143, -2.424541981026706, 0.48632008358844075],
    [2.2970369434552573, -1.63662558125903, 0.4002628455953627],
    [1.8763805351440397, -1.2347896577722228, 0.35891887501668385],
    [1.8564423485617974, -1.2132449880935525, 0.3568003487825883],
    [1.8749994008682747, -1.2499988017229169, 0.3749994008546422],
  ],
  /** The same with a larger margin. */
  polar_express_safer: [
    [8.156554524902461, -22.48329292557795, 15.878769915207462],
    [4.0429299351667245, -2.808917465908704, 0.5000178451051299],
    [3.8916678022926563, -2.7724841532176825, 0.5060648178503389],
    [3.285753657755658, -2.3681294933425394, 0.46449024233003117],
    [2.3005307116270983, -1.6111665557258408, 0.3833374427545273],
    [1.8631210546382593, -1.2042160621002727, 0.3421879560523383],
    [1.8382572152247512, -1.1779263289537742, 0.3396513038637379],
    [1.8749999923301852, -1.2499999836060613, 0.374999991275876],
  ],
};

/** Coefficients by name, or as numbers: for all iterations, or for one after another. */
export type MuonCoefficientsOption = MuonPreset | MuonCoefficients | readonly MuonCoefficients[];

const isTriple = (value: unknown): value is MuonCoefficients =>
  Array.isArray(value) && value.length === 3 && value.every((one) => Number.isFinite(one));
const isPreset = (value: unknown): value is MuonPreset =>
  typeof value === "string" && Object.hasOwn(presets, value);

/** Check of {@link MuonCoefficientsOption}. */
export const coefficientsCheck: OptionCheck = {
  text: `one of ${Object.keys(presets).join(", ")}, three numbers, or a list of three numbers each`,
  test: (value) =>
    isPreset(value) || isTriple(value) || (Array.isArray(value) && value.length > 0 && value.every(isTriple)),
};

/** The coefficients of each of some iterations. */
export function coefficientsOf(option: MuonCoefficientsOption, steps: number): MuonCoefficients[] {
  const given: readonly MuonCoefficients[] = isPreset(option)
    ? presets[option]
    : isTriple(option)
      ? [option]
      : option;
  return Array.from({ length: steps }, (_, i) => {
    const triple = given[Math.min(i, given.length - 1)];
    if (triple === undefined) throw new RangeError("muon: nsCoefficients must have three numbers");
    return triple;
  });
}
