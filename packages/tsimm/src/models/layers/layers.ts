/** The core under every layer: a graph in the making, and what a walk through a model's layers declares. */
import type { Attributes, GraphBuilder, OpOptions, Value } from "@tsimm/autodiff";
import type { Initializer } from "../initialization.ts";

/** A trainable float32 tensor of a model. */
export interface ParameterDeclaration {
  /** State-dict name. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initialize: Initializer;
}

/** A module with running statistics. */
export interface BatchNormalizationDeclaration {
  readonly module: string;
  readonly channels: number;
  /** Weight of a new batch in the running statistics, in [0, 1]. */
  readonly momentum: number;
}

/** An input of training graphs whose every element is 0 or 1 / keep, drawn anew for each step. */
export interface Mask {
  /** Name of the graph input. */
  readonly name: string;
  /** Probability that an element is not 0, in (0, 1). */
  readonly keep: number;
}

/** A feature map that a model can yield beside its logits. */
export interface FeatureInfo {
  /** Module that computes it, also the name of the graph output. */
  readonly module: string;
  readonly channels: number;
  /** Pixels of the image per pixel of the map, along each side. */
  readonly reduction: number;
}

/** What a walk through a model's layers declares. */
export interface Declarations {
  readonly parameters: ParameterDeclaration[];
  readonly batchNormalizations: BatchNormalizationDeclaration[];
  /** Names of all state in state-dict order. */
  readonly order: string[];
  /** Masks of dropout and drop path; none in evaluation. */
  readonly masks: Mask[];
  /** Feature maps from the finest to the coarsest, each with its value in the graph. */
  readonly stages: (FeatureInfo & { readonly value: Value })[];
}

/** Settings of all batch normalizations of a model; an absent one is the layer's own. */
export interface BatchNormSettings {
  /** Weight of a new batch in the running statistics, in [0, 1]. */
  readonly momentum?: number;
  /** Added to the variance, > 0. */
  readonly eps?: number;
  /** Equal parts of a training batch with a normalization each, an integer >= 2; absent: one for all. */
  readonly splits?: number;
}

/**
 * A forward graph in the making. The layers are functions that extend it: `conv(layers, "conv1", x, …)`.
 *
 * Weights become graph inputs under their state-dict names; declare them in state-dict order.
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { constant, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 8]);
 * const scale = layers.parameter("scale", [8], constant(1));
 * layers.op("Mul", [x, scale]).shape; // => [2, 8]
 * layers.declarations.order; // => ["scale"]
 */
export class Layers {
  readonly builder: GraphBuilder;
  /** Whether batch normalization uses and yields batch statistics, and dropout drops. */
  readonly training: boolean;
  /** What the layers have declared so far. */
  readonly declarations: Declarations = {
    parameters: [],
    batchNormalizations: [],
    order: [],
    masks: [],
    stages: [],
  };

  /** Settings of every batch normalization, which beat its own. */
  readonly batchNorms: BatchNormSettings;

  constructor(builder: GraphBuilder, training: boolean, batchNorms: BatchNormSettings = {}) {
    this.builder = builder;
    this.training = training;
    this.batchNorms = batchNorms;
  }

  /** Adds an operator and returns its first output; see {@link GraphBuilder.op}. */
  op(type: string, inputs: readonly (Value | null)[], attributes?: Attributes, options?: OpOptions): Value {
    return this.builder.op(type, inputs, attributes, options);
  }

  /** Declares a trainable tensor. */
  parameter(name: string, shape: readonly number[], initialize: Initializer): Value {
    this.declarations.parameters.push({ name, shape, initialize });
    this.declarations.order.push(name);
    return this.builder.input(name, "float32", shape);
  }

  /** Declares a module's running statistics. */
  batchNormalization(declaration: BatchNormalizationDeclaration): void {
    const { module } = declaration;
    this.declarations.batchNormalizations.push(declaration);
    this.declarations.order.push(
      `${module}.running_mean`,
      `${module}.running_var`,
      `${module}.num_batches_tracked`,
    );
  }

  /** Declares a mask, an input of training graphs. */
  mask(mask: Mask, shape: readonly number[]): Value {
    this.declarations.masks.push(mask);
    return this.builder.input(mask.name, "float32", shape);
  }

  /**
   * Names a feature map, for models that yield them.
   *
   * @param reduction - Pixels of the image per pixel of the map, along each side.
   * @param x - [B, C, H, W].
   * @returns x.
   */
  stage(module: string, reduction: number, x: Value): Value {
    this.declarations.stages.push({ module, channels: x.shape[1] ?? 0, reduction, value: x });
    return x;
  }
}
