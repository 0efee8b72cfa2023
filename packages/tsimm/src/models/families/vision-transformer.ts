/**
 * Vision transformers (Dosovitskiy et al., arXiv:2010.11929), also DeiT (Touvron et al., arXiv:2012.12877) and DeiT III
 * (arXiv:2204.07118), after timm.
 */
import { float32, int, int64, ints, type Value } from "@tsimm/autodiff";
import type { Architecture } from "../architecture.ts";
import { constant, normal, uniformFanIn } from "../initialization.ts";
import { stemThenBlocks } from "../layer-order.ts";
import { type Activation, gelu } from "../layers/activation.ts";
import { attention } from "../layers/attention.ts";
import { classify, type GlobalPool, type Head } from "../layers/classifier.ts";
import { conv } from "../layers/convolution.ts";
import { dropPath, dropPathRates } from "../layers/dropout.ts";
import type { Layers } from "../layers/layers.ts";
import { linear, reshape } from "../layers/linear.ts";
import { layerNorm } from "../layers/normalization.ts";
import { tokenAt, tokenPool, withoutClassToken } from "../layers/token-pool.ts";
import type { PretrainedConfig } from "../model.ts";
import type { ArchitectureOptions } from "../model-family.ts";

/** What tells one vision transformer from another. */
export interface VisionTransformerConfig {
  /** Side of a patch in pixels. */
  readonly patchSize: number;
  /** Width of a token. */
  readonly embedDim: number;
  /** Number of blocks. */
  readonly depth: number;
  readonly numHeads: number;
  /** Width of the two linear layers' middle, in embedDim; absent: 4. */
  readonly mlpRatio?: number;
  /** Activation between them; absent: GELU. */
  readonly actLayer?: Activation;
  /** There is a normalization before the blocks, and the patches have no bias. */
  readonly preNorm?: boolean;
  /** Added to the variance of layer normalizations; absent: 1e-6. */
  readonly normEps?: number;
  /** Initial scale of each branch before it is added; absent: branches are not scaled. */
  readonly layerScale?: number;
  /** Only the patches have positions, not the class token. */
  readonly patchPositions?: boolean;
  /** There is a second token with a classifier of its own; the logits are the mean of both. */
  readonly distilled?: boolean;
  readonly pretrainedCfg: PretrainedConfig;
}

const pools: readonly GlobalPool[] = ["token", "avg", "max", "avgmax", ""];

/** timm truncates at ±2, a hundred standard deviations away. */
const initialization = { initialize: normal(0.02), initializeBias: constant(0) };

const layerOf = stemThenBlocks(/^(cls_token|pos_embed|patch_embed|dist_token)/, /^blocks\.(\d+)/);

/** The architecture of a vision transformer; its position embeddings fit images of one size. */
export function visionTransformer(
  name: string,
  config: VisionTransformerConfig,
  { inChans, imgSize, dropPathRate, globalPool }: ArchitectureOptions,
): Architecture {
  const { patchSize, embedDim, depth, distilled = false, normEps: eps } = config;
  const norm = eps === undefined ? {} : { eps };
  const [, ownSize] = config.pretrainedCfg.inputSize;
  const size = imgSize ?? ownSize;
  if (size < patchSize) {
    throw new RangeError(`${name}: imgSize must be at least one patch of ${patchSize} pixels, got ${size}`);
  }
  // What the model is made for decides where the last norm stands, a later change of the pool does not.
  const normAfterPool = globalPool !== null && ["avg", "max", "avgmax"].includes(globalPool);
  const dropRates = dropPathRates(dropPathRate, [depth]);
  return {
    name,
    inChans,
    numFeatures: embedDim,
    pretrainedCfg: { ...config.pretrainedCfg, inputSize: [3, size, size] },
    classifier: "head",
    ...(distilled ? { secondClassifier: "head_dist" } : {}),
    globalPools: distilled ? ["token"] : pools,
    mapCount: 3,
    noWeightDecay: ["cls_token", "pos_embed", ...(distilled ? ["dist_token"] : [])],
    // The last norm goes with the last block.
    layerOf: (name) => (/^norm(_pre)?\./.test(name) ? [1, depth - 1] : layerOf(name)),
    forwardFeatures(layers, images) {
      const [, , height, width] = images.shape;
      if (height !== size || width !== size) {
        throw new RangeError(
          `${name}: images must have ${size}×${size} pixels, got ${height}×${width}; create the model with imgSize`,
        );
      }
      let x = embed(layers, images, config);
      if (config.preNorm) x = layerNorm(layers, "norm_pre", x, norm);
      for (const [index, rate] of dropRates.entries()) {
        const module = `blocks.${index}`;
        x = block(layers, module, x, config, rate);
        layers.stage(module, patchSize, toMap(layers, x, Math.floor(size / patchSize), distilled ? 2 : 1));
      }
      return normAfterPool ? x : layerNorm(layers, "norm", x, norm);
    },
    forwardHead(layers, features, head) {
      if (distilled) return bothHeads(layers, features, head);
      const pooled = tokenPool(layers, features, head.globalPool);
      const x = normAfterPool ? layerNorm(layers, "fc_norm", pooled, norm) : pooled;
      return classify(layers, "head", x, head, { dropModule: "head_drop", ...initialization });
    },
  };
}

/** Images [B, C, H, W] as tokens [B, N, D]: the class token first, the patches last, positions added. */
function embed(
  layers: Layers,
  images: Value,
  {
    patchSize,
    embedDim,
    patchPositions = false,
    distilled = false,
    preNorm = false,
  }: VisionTransformerConfig,
): Value {
  const [, channels = 0, height = 0, width = 0] = images.shape;
  const patches = Math.floor(height / patchSize) * Math.floor(width / patchSize);
  const classToken = layers.parameter("cls_token", [1, 1, embedDim], normal(1e-6));
  const others = distilled ? 2 : 1;
  const placed = patchPositions ? patches : others + patches;
  const positions = layers.parameter("pos_embed", [1, placed, embedDim], normal(0.02));
  const first = distilled
    ? [classToken, layers.parameter("dist_token", [1, 1, embedDim], normal(0.02))]
    : [classToken];
  const uniform = uniformFanIn(channels * patchSize * patchSize);
  const map = conv(layers, "patch_embed.proj", images, {
    ...{ channels: embedDim, kernel: patchSize, stride: patchSize, padding: 0 },
    ...{ bias: !preNorm, initialize: uniform, initializeBias: uniform },
  });
  const tokens = layers.op("Transpose", [reshape(layers, map, [0, embedDim, patches])], {
    perm: ints(0, 2, 1),
  });
  // Padded with zeros and added, the first tokens need no copy per image.
  const padded = pad(
    layers,
    distilled ? layers.op("Concat", first, { axis: int(1) }) : classToken,
    0,
    patches,
  );
  const everywhere = patchPositions ? pad(layers, positions, others, 0) : positions;
  return layers.op("Add", [pad(layers, tokens, others, 0), layers.op("Add", [everywhere, padded])]);
}

/** Mean of the logits of the class token and of the second one; without classes, of the tokens. */
function bothHeads(layers: Layers, features: Value, head: Head): Value {
  // timm has no dropout here.
  const logits = ["head", "head_dist"].map((module, place) =>
    classify(
      layers,
      module,
      tokenAt(layers, features, place),
      { ...head, dropRate: 0 },
      {
        ...{ dropModule: `${module}_drop`, ...initialization },
      },
    ),
  );
  return layers.op("Mul", [layers.op("Add", logits), layers.builder.constant(float32([], [0.5]))]);
}

/** x [B, N, D] with zero tokens before and after. */
function pad(layers: Layers, x: Value, before: number, after: number): Value {
  return layers.op("Pad", [x, layers.builder.constant(int64([6], [0, before, 0, 0, after, 0]))]);
}

function block(
  layers: Layers,
  module: string,
  x: Value,
  config: VisionTransformerConfig,
  dropRate: number,
): Value {
  const { embedDim, numHeads, mlpRatio = 4, layerScale, actLayer: activate = gelu, normEps: eps } = config;
  const norm = eps === undefined ? {} : { eps };
  const scaled = (name: string, branch: Value) =>
    layerScale === undefined
      ? branch
      : layers.op("Mul", [
          branch,
          layers.parameter(`${module}.${name}.gamma`, [embedDim], constant(layerScale)),
        ]);
  let y = layerNorm(layers, `${module}.norm1`, x, norm);
  y = scaled("ls1", attention(layers, `${module}.attn`, y, { numHeads, ...initialization }));
  const mixed = layers.op("Add", [x, dropPath(layers, `${module}.drop_path1`, y, dropRate)]);
  y = layerNorm(layers, `${module}.norm2`, mixed, norm);
  y = linear(layers, `${module}.mlp.fc1`, y, {
    features: Math.floor(mlpRatio * embedDim),
    ...initialization,
  });
  y = linear(layers, `${module}.mlp.fc2`, activate(layers, y), { features: embedDim, ...initialization });
  y = scaled("ls2", y);
  return layers.op("Add", [mixed, dropPath(layers, `${module}.drop_path2`, y, dropRate)]);
}

/** Tokens [B, others + side², D] as a map [B, D, side, side]. */
function toMap(layers: Layers, x: Value, side: number, others: number): Value {
  const patches = withoutClassToken(layers, x, others);
  const channelsFirst = layers.op("Transpose", [patches], { perm: ints(0, 2, 1) });
  return reshape(layers, channelsFirst, [0, x.shape[2] ?? 0, side, side]);
}
