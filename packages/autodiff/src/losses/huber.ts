import { arithmetic } from "../graph/arithmetic.ts";
import { elementCount } from "../graph/tensor.ts";
import { checkLossOptions, show } from "./check-loss-options.ts";
import type { Loss } from "./loss.ts";

/** Options of {@link huber}. */
export interface HuberOptions {
  /** Difference up to which the loss is a square, finite and > 0; absent: 1. */
  readonly delta?: number | undefined;
}

/** Options of {@link smoothL1}. */
export interface SmoothL1Options {
  /** Difference up to which the loss is a square, finite and > 0; absent: 1. */
  readonly beta?: number | undefined;
}

/**
 * Huber loss: squared up to a difference of delta, absolute beyond.
 *
 * loss = mean over all n elements of d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2); d = z - q.
 *
 * That is c (d - c / 2), c = d limited to [-delta, delta]. dz = c / n.
 *
 * @returns A loss of outputs and targets of any one shape.
 * @throws RangeError if delta is not > 0.
 * @example
 * const builder = new GraphBuilder("loss");
 * const z = builder.input("output", "float32", [4, 1]);
 * const q = builder.input("target", "float32", [4, 1]);
 * huber({ delta: 0.5 }).build(builder, z, q).loss.shape; // => []
 * @see PyTorch `torch.nn.HuberLoss`
 */
export function huber(options: HuberOptions = {}): Loss {
  checkLossOptions("huber", options, ["delta"]);
  const { delta = 1 } = options;
  checkPositive("huber: delta", delta);
  return limited(delta, 1);
}

/**
 * Smooth L1 loss: {@link huber} divided by its beta, so that the slope beyond is 1.
 *
 * loss = mean over all n elements of d^2 / (2 beta) where |d| <= beta, else |d| - beta / 2; d = z - q.
 * dz = (d limited to [-beta, beta]) / (beta n). With beta = 1 it is the Huber loss.
 *
 * @returns A loss of outputs and targets of any one shape.
 * @throws RangeError if beta is not > 0; for beta = 0 take {@link meanAbsoluteError}.
 * @example
 * const builder = new GraphBuilder("loss");
 * const z = builder.input("output", "float32", [4, 1]);
 * const q = builder.input("target", "float32", [4, 1]);
 * smoothL1({ beta: 0.5 }).build(builder, z, q).loss.shape; // => []
 * @see PyTorch `torch.nn.SmoothL1Loss`
 */
export function smoothL1(options: SmoothL1Options = {}): Loss {
  checkLossOptions("smoothL1", options, ["beta"]);
  const { beta = 1 } = options;
  checkPositive("smoothL1: beta", beta);
  return limited(beta, beta);
}

/** loss = mean of c (d - c / 2) / divisor, c = d limited to [-limit, limit]. */
function limited(limit: number, divisor: number): Loss {
  return {
    build(builder, logits, target) {
      const math = arithmetic(builder);
      const count = elementCount(logits.shape) * divisor;
      const difference = math.sub(logits, target);
      const within = builder.op("Clip", [difference, math.constant(-limit), math.constant(limit)]);
      const each = math.mul(within, math.sub(difference, math.mul(within, 0.5)));
      return {
        loss: math.div(math.sum(each, [...logits.shape.keys()]), count),
        gradient: math.div(within, count),
      };
    },
  };
}

function checkPositive(subject: string, value: number): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw new RangeError(`${subject} must be a finite number > 0, got ${show(value)}`);
}
