/** A built-in model as lines of text, as `test/golden/timm/facts.py` writes them of timm's. */
import { paramGroupsLayerDecay } from "../optim/param-groups.ts";
import type { Architecture } from "./architecture.ts";
import { builtInFamilies } from "./families/built-in-families.ts";
import { forwardWalk } from "./forward-walk.ts";

/** The architecture of a built-in model, as it is made by default but for its drop-path rate. */
function architectureOf(name: string, dropPathRate: number): Architecture {
  const family = builtInFamilies.find(({ models }) => Object.hasOwn(models, name));
  if (family === undefined) throw new Error(`no family has ${name}`);
  const options = { inChans: 3, imgSize: null, dropPathRate, globalPool: null, zeroInitLast: true };
  return family.create(name, family.models[name], options);
}

/** What is known of a model without its weights. */
export function linesOf(name: string, dropPathRate = 0) {
  const architecture = architectureOf(name, dropPathRate);
  const { pretrainedCfg, globalPools = ["avg"], layerOf = () => null, noWeightDecay = [] } = architecture;
  const { mapCount = Number.POSITIVE_INFINITY } = architecture;
  const [, height, width] = pretrainedCfg.inputSize;
  const head = { numClasses: 1000, globalPool: globalPools[0] ?? "avg", dropRate: 0 };
  const walk = forwardWalk(
    architecture,
    head,
    { batchSize: 1, height, width, training: true, output: "logits" },
    undefined,
  );
  const { order, parameters, batchNormalizations, masks, stages } = walk.declarations;
  const shapes = new Map<string, readonly number[]>(parameters.map((one) => [one.name, one.shape]));
  for (const { module, channels } of batchNormalizations) {
    shapes.set(`${module}.running_mean`, [channels]);
    shapes.set(`${module}.running_var`, [channels]);
    shapes.set(`${module}.num_batches_tracked`, []);
  }
  const empty = parameters.map((one) => ({ ...one, data: new Float32Array(0), grad: null }));
  const groups = paramGroupsLayerDecay(
    { parameters: empty, layerOf, noWeightDecay },
    { weightDecay: 0.05, layerDecay: 0.5 },
  );
  const groupOf = new Map(groups.flatMap((group) => group.params.map((one) => [one.name, group] as const)));
  return {
    parameters: parameters.reduce((sum, { shape }) => sum + shape.reduce((n, size) => n * size, 1), 0),
    state: order.map((tensor) => `${tensor} ${shapes.get(tensor)?.join("x")}`),
    layers: parameters.map((one) => {
      const { lrScale = Number.NaN, weightDecay = Number.NaN } = groupOf.get(one.name) ?? {};
      return `${one.name} ${Math.round(-Math.log2(lrScale))} ${weightDecay > 0 ? 1 : 0}`;
    }),
    drop: masks.map((mask) => `${mask.name.replace(/\.mask$/, "")} ${Math.round((1 - mask.keep) * 1e6)}`),
    features: stages
      .slice(-mapCount)
      .map(({ module, channels, reduction }) => `${module} ${channels} ${reduction}`),
    configuration: [
      ...[...pretrainedCfg.inputSize, pretrainedCfg.interpolation, pretrainedCfg.cropPct],
      ...[pretrainedCfg.cropMode, ...pretrainedCfg.mean, ...pretrainedCfg.std],
    ],
  };
}

/** Hash of lines, FNV-1a of 32 bits. */
export function hashOf(lines: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(lines.join("\n"))) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
