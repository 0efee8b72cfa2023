/** A graph of an update on a device. */
import { encodeModel, type Tensor } from "@tsimm/autodiff";
import type { DeviceTensor, EngineDevice } from "../../runtime/engine.ts";
import { HeldTensor } from "./held-tensor.ts";
import { numbersFeed, numbersName } from "./numbers.ts";
import { inputName, vectorOfOutput } from "./update-builder.ts";
import type { UpdateGraph } from "./update-graph.ts";

/** Inputs of a run. */
export interface GraphFeeds {
  /** Vectors of state, by name. */
  readonly vectors: ReadonlyMap<string, HeldTensor>;
  /** Numbers by name. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Inputs of a training program. */
  readonly feeds?: Readonly<Record<string, Tensor>>;
}

/** Outputs of a run. */
export interface GraphResults {
  /** Next states of vectors, by name; held by the caller. */
  readonly next: ReadonlyMap<string, HeldTensor>;
  /** The other outputs, on the host. */
  readonly host: Readonly<Record<string, Tensor>>;
}

/** A loaded graph. */
export interface CompiledGraph {
  /** @throws DeviceLostError if the device is gone. */
  run(feeds: GraphFeeds): Promise<GraphResults>;
  close(): Promise<void>;
}

/** Loads a graph, whose next states of vectors stay on the device. */
export async function compileGraph(
  device: EngineDevice,
  { graph, numbers: parts }: UpdateGraph,
): Promise<CompiledGraph> {
  const onDevice = graph.outputs.flatMap(({ name }) => (vectorOfOutput(name) === null ? [] : [name]));
  const session = await device.load(encodeModel(graph), onDevice);
  const packed = new Set(parts.map(({ name }) => name));
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  return {
    async run({ vectors, numbers, feeds = {} }) {
      const small: Record<string, ArrayLike<number> | number> = { ...numbers };
      const given: Record<string, Tensor | DeviceTensor> = {};
      for (const [name, tensor] of Object.entries(feeds)) {
        if (packed.has(name) && tensor.data instanceof Float32Array) small[name] = tensor.data;
        else if (inputs.has(name)) given[name] = tensor;
      }
      for (const [name, { tensor }] of vectors) {
        if (inputs.has(inputName(name))) given[inputName(name)] = tensor;
      }
      if (parts.length > 0) given[numbersName] = numbersFeed(parts, small);
      const results = await session.run(given);
      const next = new Map<string, HeldTensor>();
      const host: Record<string, Tensor> = {};
      for (const [name, result] of Object.entries(results)) {
        if (!("location" in result)) host[name] = result;
        else next.set(vectorOfOutput(name) ?? name, new HeldTensor(result));
      }
      return { next, host };
    },
    close: () => session.close(),
  };
}

/** The numbers of an output on the host. */
export function numbersOf({ host }: GraphResults, name: string): readonly number[] {
  return Array.from(host[name]?.data ?? [], Number);
}

/** Lets go of vectors. */
export function releaseAll(vectors: ReadonlyMap<string, HeldTensor>): void {
  for (const tensor of vectors.values()) tensor.release();
}
