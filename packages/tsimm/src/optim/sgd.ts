/** Stochastic gradient descent with momentum, plain or Nesterov's. */
import type { UpdateRule } from "./update-rule.ts";

/** Options of {@link sgd}. */
export type SgdOptions = {
  /** Weight of the past gradients, in [0, 1); 0: no buffer is kept. */
  readonly momentum: number;
  /** Look ahead along the buffer; has no effect without momentum. */
  readonly nesterov: boolean;
};

/** Slots of {@link sgd}. */
export type SgdSlots = { readonly momentum_buffer?: Float32Array };

/**
 * SGD with momentum µ and L2 penalty wd, dampening 0.
 *
 * d = g + wd·p; b = µb + d; p -= lr (d + µb) with Nesterov, else lr·b; without momentum p -= lr·d.
 *
 * @see PyTorch `torch/optim/sgd.py`
 */
export const sgd: UpdateRule<SgdOptions, SgdSlots> = {
  lr: 1e-3,
  defaults: { momentum: 0.9, nesterov: true },
  createSlots: ({ data }, { momentum }) =>
    momentum === 0 ? {} : { momentum_buffer: new Float32Array(data.length) },
  update({ data: p }, g, { momentum_buffer: b }, { lr, weightDecay, momentum, nesterov }) {
    if (b === undefined) {
      for (let i = 0; i < p.length; i++) {
        const w = p[i] ?? 0;
        p[i] = w - lr * ((g[i] ?? 0) + weightDecay * w);
      }
      return;
    }
    // The step is lr (a·d + c·b).
    const a = nesterov ? 1 : 0;
    const c = nesterov ? momentum : 1;
    for (let i = 0; i < p.length; i++) {
      const w = p[i] ?? 0;
      const d = (g[i] ?? 0) + weightDecay * w;
      const moved = momentum * (b[i] ?? 0) + d;
      b[i] = moved;
      p[i] = w - lr * (a * d + c * moved);
    }
  },
};
