/** Layers with weights: they extend a forward graph and declare the tensors they need, in state-dict order. */
import { float, float32, type GraphBuilder, int, ints, type Value } from "@tsimm/autodiff";
import { constant, type Initializer, kaimingNormalFanOut, uniformFanIn } from "./initialization.ts";

/** A float32 tensor of a model's state. */
export interface TensorDeclaration {
  /** State-dict name. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initialize: Initializer;
}

/** What a walk through a model's layers declares. */
export interface Declarations {
  readonly parameters: TensorDeclaration[];
  /** Modules with running statistics, and their channels. */
  readonly batchNormalizations: { readonly module: string; readonly channels: number }[];
  /** Names of all state in state-dict order. */
  readonly order: string[];
}

/** Options of {@link Layers.conv}. */
export interface ConvOptions {
  /** Channels of the output. */
  readonly channels: number;
  /** Side of the square kernel. */
  readonly kernel: number;
  readonly stride?: number;
  readonly groups?: number;
}

/** PyTorch's default, which timm's ResNets keep. */
const batchNormEps = 1e-5;

/**
 * Adds layers to a forward graph. Weights become graph inputs under their state-dict names, a batch
 * normalization's node has the name of its module.
 */
export class Layers {
  /** The graph under construction, for operators without weights. */
  readonly builder: GraphBuilder;
  readonly declarations: Declarations = { parameters: [], batchNormalizations: [], order: [] };
  readonly #training: boolean;

  /** @param training - Batch normalization uses and yields batch statistics instead of reading running ones. */
  constructor(builder: GraphBuilder, training: boolean) {
    this.builder = builder;
    this.#training = training;
  }

  /** Convolution without bias, padded by kernel / 2: x [B, C, H, W] to [B, channels, H / stride, W / stride]. */
  conv(module: string, x: Value, { channels, kernel, stride = 1, groups = 1 }: ConvOptions): Value {
    const inputChannels = x.shape[1] ?? 0;
    const weight = this.#parameter(
      `${module}.weight`,
      [channels, inputChannels / groups, kernel, kernel],
      kaimingNormalFanOut,
    );
    const pad = Math.floor(kernel / 2);
    return this.builder.op(
      "Conv",
      [x, weight],
      {
        kernel_shape: ints(kernel, kernel),
        strides: ints(stride, stride),
        pads: ints(pad, pad, pad, pad),
        group: int(groups),
      },
      { name: module },
    );
  }

  /** Batch normalization over the channels of x [B, C, H, W]; its weight starts at `initialWeight`. */
  batchNorm(module: string, x: Value, initialWeight = 1): Value {
    const channels = x.shape[1] ?? 0;
    const weight = this.#parameter(`${module}.weight`, [channels], constant(initialWeight));
    const bias = this.#parameter(`${module}.bias`, [channels], constant(0));
    const statistics = [`${module}.running_mean`, `${module}.running_var`];
    this.declarations.batchNormalizations.push({ module, channels });
    this.declarations.order.push(...statistics, `${module}.num_batches_tracked`);
    const options = { name: module };
    if (!this.#training) {
      const running = statistics.map((name) => this.builder.input(name, "float32", [channels]));
      const attributes = { epsilon: float(batchNormEps) };
      return this.builder.op("BatchNormalization", [x, weight, bias, ...running], attributes, options);
    }
    // With momentum 0 the operator's running statistics are those of the batch, whatever they were before.
    const ignored = [0, 1].map((value) =>
      this.builder.constant(float32([channels], new Float32Array(channels).fill(value))),
    );
    const attributes = { epsilon: float(batchNormEps), momentum: float(0), training_mode: int(1) };
    const inputs = [x, weight, bias, ...ignored];
    const [y = x] = this.builder.ops("BatchNormalization", inputs, attributes, 3, options);
    return y;
  }

  /** Linear layer with bias: x [B, N] to [B, features]. */
  linear(module: string, x: Value, features: number): Value {
    const width = x.shape[1] ?? 0;
    const initialize = uniformFanIn(width);
    const weight = this.#parameter(`${module}.weight`, [features, width], initialize);
    const bias = this.#parameter(`${module}.bias`, [features], initialize);
    return this.builder.op("Gemm", [x, weight, bias], { transB: int(1) }, { name: module });
  }

  /** max(x, 0). */
  relu(x: Value): Value {
    return this.builder.op("Relu", [x]);
  }

  /** x + y, of equal shapes. */
  add(x: Value, y: Value): Value {
    return this.builder.op("Add", [x, y]);
  }

  /** Maximum over 3×3 windows with stride 2, padded by 1. */
  maxPool(x: Value): Value {
    return this.builder.op("MaxPool", [x], {
      kernel_shape: ints(3, 3),
      strides: ints(2, 2),
      pads: ints(1, 1, 1, 1),
    });
  }

  /** Mean over stride×stride windows; windows that reach over the edge average what is inside. */
  averagePool(x: Value, stride: number): Value {
    return this.builder.op("AveragePool", [x], {
      kernel_shape: ints(stride, stride),
      strides: ints(stride, stride),
      ceil_mode: int(1),
      count_include_pad: int(0),
    });
  }

  /** Mean over height and width: x [B, C, H, W] to [B, C]. */
  globalAveragePool(x: Value): Value {
    return this.builder.op("Flatten", [this.builder.op("GlobalAveragePool", [x])], { axis: int(1) });
  }

  #parameter(name: string, shape: readonly number[], initialize: Initializer): Value {
    this.declarations.parameters.push({ name, shape, initialize });
    this.declarations.order.push(name);
    return this.builder.input(name, "float32", shape);
  }
}
