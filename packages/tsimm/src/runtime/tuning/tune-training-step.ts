/** Chooses by measuring how a training step is computed on this machine. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Site, sitesOf, type TrainingGraph, WAYS_VERSION, type WayChoices } from "@tsimm/autodiff";
import { cacheFolder } from "../../files/cache-folder.ts";
import type { Model } from "../../models/model.ts";
import { checkOptionNames } from "../../option-names.ts";
import type { Engine } from "../engine.ts";
import { imageOptionNames } from "../images.ts";
import { programOfModel, type TrainingProgramOptions } from "../training-program.ts";
import { chooseWays, sitesThatFail } from "./choose-ways.ts";
import { describeProcessor } from "./processor.ts";
import { WaysCache } from "./ways-cache.ts";

/** Options of {@link tuneTrainingStep} besides those of the step. */
export interface TuningOptions {
  /** Folder that keeps what was chosen; absent: `tsimm/ways` in the user's cache folder; null: nothing is kept. */
  readonly cacheDir?: string | null | undefined;
  /** Seconds that measuring may take in all, > 0; what is left then stays fixed. Absent: 10. */
  readonly seconds?: number | undefined;
  /** Called before anything is timed, with the number of shapes and the seconds that it may take. */
  readonly onMeasure?: ((shapes: number, seconds: number) => void | Promise<void>) | undefined;
  /** Called with one line where the choice cannot be kept. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** Options of {@link tuneTrainingStep}. */
export type TuneOptions = StepOptions & TuningOptions;

/** Options of a training step whose ways are not known yet. */
type StepOptions = TrainingProgramOptions & {
  /** Threads of the engine, an integer >= 1; absent: all cores. */
  readonly threads?: number | undefined;
};

/**
 * The fastest ways to compute a model's training step on this machine: convolutions and their gradients, each of which
 * ONNX Runtime computes well in one way for some shapes and processors and in another for others.
 *
 * What was chosen before, by processor, runtime, threads and shape, is read from the cache folder; the rest is timed and
 * kept there. The ways are part of the numbers: a run has the same bytes only with the same ones.
 *
 * @param engine - One that computes in WebAssembly or on a device has nothing to choose.
 * @param options - Those of `createTrainingStep`, and what is kept and told.
 * @returns `ways` of an engine for `createTrainingStep`, `createUpdater` and `fit`: `{ ...engine, ways }`; empty where there
 * is nothing to choose.
 * @throws RangeError for options out of range.
 * @example
 * const engine = await createEngine("native");
 * const model = createModel("test_resnet", { numClasses: 2 });
 * const options = { batchSize: 2, height: 32, width: 32, input: "float32" };
 * const ways = await tuneTrainingStep(engine, model, { ...options, cacheDir: null, seconds: 1 });
 * const step = await createTrainingStep({ ...engine, ways }, model, options);
 * await step.close();
 * Object.keys(ways)[0]; // => "conv forward x 2,3,32,32 w 16,3,3,3 strides 2,2 pads 1,1,1,1"
 */
export async function tuneTrainingStep(
  engine: Engine,
  model: Model,
  options: TuneOptions,
): Promise<WayChoices> {
  checkOptionNames<TuneOptions>("tuneTrainingStep", options, {
    ...imageOptionNames,
    ...{ threads: true, loss: true, seed: true, frozen: true },
    ...{ cacheDir: true, seconds: true, onMeasure: true, onWarning: true },
  });
  const { cacheDir, seconds = 10, onMeasure, onWarning, ...ofStep } = options;
  if (!(typeof seconds === "number" && seconds > 0)) {
    throw new RangeError(`tuneTrainingStep: seconds must be a number > 0, got ${seconds}`);
  }
  const sites = await tunableSites(engine, programOfModel(model, ofStep).step);
  return await tuneSites(engine, sites, {
    ...{ threads: options.threads, cacheDir, seconds, onMeasure, onWarning },
  });
}

/**
 * The recorded ways that hold for a model's training step on this engine.
 *
 * @param recorded - From an earlier run, perhaps of another version or processor.
 * @returns `ways`: those of `recorded`, without what does not exist or does not run here; `dropped`: keys of these sites,
 * which are computed in their fixed way.
 */
export async function checkedWays(
  engine: Engine,
  model: Model,
  options: StepOptions,
  recorded: { readonly processor: string; readonly choices: WayChoices },
): Promise<{ readonly ways: WayChoices; readonly dropped: readonly string[] }> {
  const sites = await tunableSites(engine, programOfModel(model, options).step);
  const { choices, processor } = recorded;
  const unknown = sites.filter(({ key, ways }) => key in choices && !ways.includes(choices[key] ?? ""));
  const known = sites.filter((site) => site.key in choices && !unknown.includes(site));
  const isElsewhere = processor !== (await describeProcessor());
  const failing = isElsewhere ? await sitesThatFail(engine, known, choices, options.threads) : [];
  const good = known.filter((site) => !failing.includes(site));
  return {
    ways: Object.fromEntries(good.map(({ key, way }) => [key, choices[key] ?? way])),
    dropped: [...unknown, ...failing].map(({ key }) => key),
  };
}

/** Sites of a graph that the engine has a choice at. */
async function tunableSites(
  { channelBlock, lowering = "generic" }: Engine,
  step: TrainingGraph,
): Promise<readonly Site[]> {
  if (channelBlock === undefined) return [];
  const sites = sitesOf(step, lowering, { block: await channelBlock() });
  return sites.filter(({ ways }) => ways.length > 1);
}

async function tuneSites(
  engine: Engine,
  sites: readonly Site[],
  { threads, cacheDir, seconds = 10, onMeasure, onWarning }: TuningOptions & Pick<StepOptions, "threads">,
): Promise<WayChoices> {
  if (sites.length === 0) return {};
  const folder = cacheDir === undefined ? join(cacheFolder(), "ways") : cacheDir;
  const scope = {
    processor: await describeProcessor(),
    runtime: `${engine.name} ${engine.version}`,
    threads: threads ?? availableParallelism(),
    version: WAYS_VERSION,
  };
  const cache = folder === null ? null : new WaysCache(folder, scope);
  const ways = new Map<string, string>();
  for (const site of sites) {
    const way = (await cache?.read(site)) ?? null;
    if (way !== null) ways.set(site.key, way);
  }
  const open = sites.filter(({ key }) => !ways.has(key));
  if (open.length === 0) return inOrder(sites, ways);
  await onMeasure?.(open.length, seconds);
  const now = () => performance.now();
  const deadline = now() + 1000 * seconds;
  const choices = await chooseWays(engine, open, { threads, deadline, now });
  let isKept = true;
  for (const site of open) {
    const choice = choices.get(site.key) ?? { way: site.way, milliseconds: {} };
    const keep = async () => (await cache?.keep(site, choice)) ?? choice.way;
    const way = await keep().catch((error: Error) => {
      if (isKept) onWarning?.(`the fastest ways cannot be kept for the next run: ${error.message}`);
      isKept = false;
      return choice.way;
    });
    ways.set(site.key, way);
  }
  return inOrder(sites, ways);
}

/** Choices in the order of the graph, so that their text is the same however they were found. */
function inOrder(sites: readonly Site[], ways: ReadonlyMap<string, string>): WayChoices {
  return Object.fromEntries(sites.map(({ key, way }) => [key, ways.get(key) ?? way]));
}
