/** Options and slots of Muon and AdaMuon. */
import type { AdamOptions } from "./adam.ts";
import { nonZero } from "./graph-terms.ts";
import type { MuonCoefficientsOption } from "./muon-coefficients.ts";
import { isForMuon, type MuonConvMode, type MuonMatrices, muonMatrices } from "./muon-matrix.ts";

/** Factor on the learning rate by the shape of a matrix. */
export type MuonAdjustment = "original" | "match_rms_adamw" | "rms_to_rms" | "rsqrt_in";

/** Options of `muon`, `nmuon`, `adamuon` and `nadamuon`. */
export type MuonOptions = AdamOptions & {
  /** Weight of the past gradients in their running mean, in [0, 1). */
  readonly momentum: number;
  /** Look ahead along the running mean; what is left to AdamW is moved by NAdamW. */
  readonly nesterov: boolean;
  /** Newton-Schulz iterations, from 1 to 100. */
  readonly nsSteps: number;
  /** Coefficients of the iterations. */
  readonly nsCoefficients: MuonCoefficientsOption;
  /** Factor on the norm by which a matrix is divided before the iterations, > 0. */
  readonly safetyFactor: number;
  /** Factor on the learning rate by a matrix's shape; null: 1. */
  readonly adjustLrFn: MuonAdjustment | null;
  /** Arrangement of convolutions as matrices. */
  readonly convMode: MuonConvMode;
  /** With `batched`, the learning rate is divided by the root of the number of places in a kernel. */
  readonly normalizeSpatial: boolean;
  /** Factor on the learning rate of what is left to AdamW, >= 0. */
  readonly fallbackLrScale: number;
  /** `eps` grows with the root of columns / rows, and is added to the norm instead of limiting it. */
  readonly scaleEps: boolean;
  /** All tensors of the group are left to AdamW. */
  readonly useFallback: boolean;
};

/** Slots of Muon and AdaMuon: the running mean, with AdaMuon of the squared step too; of what is left to AdamW, Adam's. */
export type MuonSlots = {
  readonly momentum_buffer?: Float32Array;
  readonly exp_avg?: Float32Array;
  readonly exp_avg_sq?: Float32Array;
};

/** A tensor as Muon moves it. */
export interface MuonTensor {
  readonly matrices: MuonMatrices;
  /** Factor on the learning rate. */
  readonly lrScale: number;
  /** What the norm of a matrix is at least, or what is added to it. */
  readonly eps: number;
}

/** How Muon moves a tensor; null: AdamW moves it. */
export function muonTensor(
  shape: readonly number[],
  group: MuonOptions,
  isAdaptive: boolean,
): MuonTensor | null {
  if (group.useFallback || !isForMuon(shape)) return null;
  const { convMode, normalizeSpatial, adjustLrFn, scaleEps, eps } = group;
  const matrices = muonMatrices(shape, convMode);
  const { rows, columns } = matrices;
  const isBatched = convMode === "batched" && shape.length > 2;
  const spatial = isBatched && normalizeSpatial ? matrices.firsts.length ** -0.5 : 1;
  // AdaMuon of timm takes the last two dimensions of a convolution, which are its kernel's.
  const [out, into] = isAdaptive ? [shape.at(-2) ?? 1, shape.at(-1) ?? 1] : [rows, columns];
  return {
    matrices,
    lrScale: spatial * adjustment(adjustLrFn, out, into, isAdaptive),
    eps: nonZero(scaleEps ? eps * Math.sqrt(columns / rows) : eps),
  };
}

function adjustment(name: MuonAdjustment | null, out: number, into: number, isAdaptive: boolean): number {
  switch (name) {
    case null:
      return 1;
    case "original":
      return Math.sqrt(Math.max(1, out / into));
    case "match_rms_adamw":
      return 0.2 * Math.sqrt(isAdaptive ? out * into : Math.max(out, into));
    case "rms_to_rms":
      return Math.sqrt(out / into);
    case "rsqrt_in":
      return 1 / Math.sqrt(into);
  }
}
