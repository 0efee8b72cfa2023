/** Activations, element by element, as operators of opset 18. */
import { float, float32, type Value } from "@tsimm/autodiff";
import type { Layers } from "./layers.ts";

/** One of these. */
export type Activation = (layers: Layers, x: Value) => Value;

/** max(x, 0). */
export function relu(layers: Layers, x: Value): Value {
  return layers.op("Relu", [x]);
}

/** min(max(x, 0), 6). */
export function relu6(layers: Layers, x: Value): Value {
  return layers.op("Clip", [x, scalar(layers, 0), scalar(layers, 6)]);
}

/** 1 / (1 + exp(-x)). */
export function sigmoid(layers: Layers, x: Value): Value {
  return layers.op("Sigmoid", [x]);
}

/** x · sigmoid(x), also called swish. */
export function silu(layers: Layers, x: Value): Value {
  return layers.op("Mul", [x, sigmoid(layers, x)]);
}

/** x · Φ(x) with the normal distribution's Φ(x) = (1 + erf(x / √2)) / 2. */
export function gelu(layers: Layers, x: Value): Value {
  const erf = layers.op("Erf", [layers.op("Mul", [x, scalar(layers, Math.SQRT1_2)])]);
  const half = layers.op("Mul", [x, scalar(layers, 0.5)]);
  return layers.op("Mul", [half, layers.op("Add", [erf, scalar(layers, 1)])]);
}

/** {@link gelu} nearly: x / 2 · (1 + tanh(√(2 / π) · (x + 0.044715 · x³))). */
export function geluTanh(layers: Layers, x: Value): Value {
  const cube = layers.op("Mul", [layers.op("Mul", [x, x]), x]);
  const inner = layers.op("Add", [x, layers.op("Mul", [cube, scalar(layers, 0.044715)])]);
  const tanh = layers.op("Tanh", [layers.op("Mul", [inner, scalar(layers, Math.sqrt(2 / Math.PI))])]);
  const half = layers.op("Mul", [x, scalar(layers, 0.5)]);
  return layers.op("Mul", [half, layers.op("Add", [tanh, scalar(layers, 1)])]);
}

/** x · hardSigmoid(x). */
export function hardSwish(layers: Layers, x: Value): Value {
  return layers.op("HardSwish", [x]);
}

/** min(max(x / 6 + 1 / 2, 0), 1). */
export function hardSigmoid(layers: Layers, x: Value): Value {
  return layers.op("HardSigmoid", [x], { alpha: float(1 / 6), beta: float(0.5) });
}

function scalar(layers: Layers, value: number): Value {
  return layers.builder.constant(float32([], [value]));
}
