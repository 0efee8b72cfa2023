/** Keys that the groups of PyTorch's optimizers have beside those that are options here. */
import type { TorchOption } from "./optimizer-definition.ts";

type Keys = Readonly<Record<string, TorchOption>>;

/** How PyTorch computes, not what: these keys are written as PyTorch's defaults and not read. */
export const torchNeutral: Keys = { foreach: null, capturable: false, differentiable: false, fused: null };

/** Of an optimizer of PyTorch's own. */
export const torchGroup: Keys = { maximize: false, ...torchNeutral };

/** Of an optimizer of timm's own. */
export const timmGroup: Keys = { corrected_weight_decay: false };
