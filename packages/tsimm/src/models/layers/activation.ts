/** Activations, element by element, as operators of opset 18. */
import { float, float32, type Value } from "@tsimm/autodiff";
import type { Layers } from "./layers.ts";

/** One of these. */
export type Activation = (layers: Layers, x: Value) => Value;

/**
 * max(x, 0).
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { conv, Layers, relu } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 3, 8, 8]);
 * relu(layers, conv(layers, "conv", x, { channels: 4, kernel: 3 })).shape; // => [2, 4, 8, 8]
 * layers.builder.nodes.map(({ op }) => op); // => ["Conv", "Relu"]
 */
export function relu(layers: Layers, x: Value): Value {
  return layers.op("Relu", [x]);
}

/**
 * min(max(x, 0), 6).
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { Layers, relu6 } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 3, 8, 8]);
 * relu6(layers, x).shape; // => [2, 3, 8, 8]
 * layers.builder.nodes.map(({ op }) => op); // => ["Clip"]
 */
export function relu6(layers: Layers, x: Value): Value {
  return layers.op("Clip", [x, scalar(layers, 0), scalar(layers, 6)]);
}

/**
 * 1 / (1 + exp(-x)).
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { Layers, linear, sigmoid } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 8]);
 * sigmoid(layers, linear(layers, "gate", x, { features: 4 })).shape; // => [2, 4]
 */
export function sigmoid(layers: Layers, x: Value): Value {
  return layers.op("Sigmoid", [x]);
}

/**
 * x · sigmoid(x), also called swish.
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { Layers, silu } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 3, 8, 8]);
 * silu(layers, x).shape; // => [2, 3, 8, 8]
 * layers.builder.nodes.map(({ op }) => op); // => ["Sigmoid", "Mul"]
 */
export function silu(layers: Layers, x: Value): Value {
  return layers.op("Mul", [x, sigmoid(layers, x)]);
}

/**
 * x · Φ(x) with the normal distribution's Φ(x) = (1 + erf(x / √2)) / 2.
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { gelu, Layers, linear } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const tokens = layers.builder.input("tokens", "float32", [2, 10, 16]);
 * const hidden = gelu(layers, linear(layers, "mlp.fc1", tokens, { features: 64 }));
 * linear(layers, "mlp.fc2", hidden, { features: 16 }).shape; // => [2, 10, 16]
 */
export function gelu(layers: Layers, x: Value): Value {
  const erf = layers.op("Erf", [layers.op("Mul", [x, scalar(layers, Math.SQRT1_2)])]);
  const half = layers.op("Mul", [x, scalar(layers, 0.5)]);
  return layers.op("Mul", [half, layers.op("Add", [erf, scalar(layers, 1)])]);
}

/**
 * {@link gelu} nearly: x / 2 · (1 + tanh(√(2 / π) · (x + 0.044715 · x³))).
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { geluTanh, Layers, linear } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const tokens = layers.builder.input("tokens", "float32", [2, 10, 16]);
 * const hidden = geluTanh(layers, linear(layers, "mlp.fc1", tokens, { features: 64 }));
 * linear(layers, "mlp.fc2", hidden, { features: 16 }).shape; // => [2, 10, 16]
 */
export function geluTanh(layers: Layers, x: Value): Value {
  const cube = layers.op("Mul", [layers.op("Mul", [x, x]), x]);
  const inner = layers.op("Add", [x, layers.op("Mul", [cube, scalar(layers, 0.044715)])]);
  const tanh = layers.op("Tanh", [layers.op("Mul", [inner, scalar(layers, Math.sqrt(2 / Math.PI))])]);
  const half = layers.op("Mul", [x, scalar(layers, 0.5)]);
  return layers.op("Mul", [half, layers.op("Add", [tanh, scalar(layers, 1)])]);
}

/**
 * x · hardSigmoid(x).
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { hardSwish, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 3, 8, 8]);
 * hardSwish(layers, x).shape; // => [2, 3, 8, 8]
 * layers.builder.nodes.map(({ op }) => op); // => ["HardSwish"]
 */
export function hardSwish(layers: Layers, x: Value): Value {
  return layers.op("HardSwish", [x]);
}

/**
 * min(max(x / 6 + 1 / 2, 0), 1).
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { hardSigmoid, Layers, linear } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 8]);
 * hardSigmoid(layers, linear(layers, "gate", x, { features: 4 })).shape; // => [2, 4]
 */
export function hardSigmoid(layers: Layers, x: Value): Value {
  return layers.op("HardSigmoid", [x], { alpha: float(1 / 6), beta: float(0.5) });
}

function scalar(layers: Layers, value: number): Value {
  return layers.builder.constant(float32([], [value]));
}
