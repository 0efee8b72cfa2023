/** Updates on a device: graphs compute and apply them, and the state stays there. */
import { elementCount, type Graph, type Tensor } from "@tsimm/autodiff";
import { optimizerOnDevice } from "../../optim/optimizer-on-device.ts";
import type { Engine, EngineDevice, Session } from "../../runtime/engine.ts";
import type { TrainingProgram } from "../../runtime/training-program.ts";
import { DivergedError } from "../diverged-error.ts";
import type { UpdateParts, UpdateResult, UpdateRunner } from "../update-runner.ts";
import { CompiledEvaluations, evaluatedVectors } from "./compiled-evaluations.ts";
import { type GraphResults, numbersOf, releaseAll } from "./compiled-graph.ts";
import { CompiledUpdates, type UpdateKind } from "./compiled-updates.ts";
import { DeviceStore } from "./device-store.ts";
import type { HeldTensor } from "./held-tensor.ts";
import { stateLayout } from "./state-layout.ts";
import { numberNames, outputs, scalarName, sumVectors } from "./update-graph.ts";
import { upload } from "./upload.ts";

/**
 * Opens the updates of a device. Graphs are compiled when the first update needs them; the state goes there then.
 *
 * @throws RangeError for an optimizer without a graph, or an operator that the device cannot run.
 */
export function createDeviceUpdater<Batch>(
  engine: Pick<Engine, "lowering" | "maxTensorBytes" | "fewBytes">,
  device: EngineDevice,
  parts: UpdateParts<Batch>,
): UpdateRunner<Batch> {
  return new DeviceUpdater(engine, device, parts);
}

/** Computes updates on a device. */
class DeviceUpdater<Batch> implements UpdateRunner<Batch> {
  readonly store: DeviceStore;
  readonly #parts: UpdateParts<Batch>;
  readonly #optimizer: ReturnType<typeof optimizerOnDevice>;
  readonly #kind: UpdateKind;
  #updates: CompiledUpdates<Batch>;
  #isClosed = false;
  #evaluations: CompiledEvaluations;

  constructor(
    engine: Pick<Engine, "lowering" | "maxTensorBytes" | "fewBytes">,
    device: EngineDevice,
    parts: UpdateParts<Batch>,
  ) {
    const { programs, average, clipGrad, clipMode, state } = parts;
    const optimizer = optimizerOnDevice("createUpdater", parts.optimizer);
    this.#parts = parts;
    this.#optimizer = optimizer;
    const unclipped = new Set(state.model.parameters.slice(-2).map(({ name }) => name));
    const hasAverage = average !== null;
    this.#kind = { engine, device, optimizer, clipGrad, clipMode, hasAverage, unclipped };
    const layout = this.#layout();
    this.#updates = new CompiledUpdates(layout, programs.whole, this.#kind);
    this.#evaluations = new CompiledEvaluations(layout, this.#kind);
    this.store = new DeviceStore(layout, {
      ...{ device, state, host: { model: state.model, average, optimizer } },
      countUpdates: ({ updates, batches }) => this.#count(updates, batches),
    });
  }

  async run(batches: readonly Batch[], update: number): Promise<UpdateResult> {
    await this.#refresh();
    const [only] = batches;
    return batches.length === 1 && only !== undefined
      ? await this.#single(only, update)
      : await this.#several(batches, update);
  }

  async openEvaluation(
    weights: "plain" | "average",
    key: string,
    graph: () => Graph,
  ): Promise<Pick<Session, "run" | "close">> {
    await this.#refresh();
    const compiled = await this.#evaluations.graph(key, graph);
    const vectors = new Map<string, HeldTensor>();
    for (const [name, tensor] of evaluatedVectors(this.store.layout, await this.store.vectors(), weights)) {
      vectors.set(name, tensor.hold());
    }
    return {
      run: async (feeds) => (await compiled.run({ vectors, feeds, numbers: {} })).host,
      async close() {
        releaseAll(vectors);
        vectors.clear();
      },
    };
  }

  async finishEpoch(): Promise<void> {
    const { optimizer } = this.#parts;
    if (optimizer.syncLookahead === undefined) return;
    await this.store.read();
    optimizer.syncLookahead();
    this.store.written();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#updates.close();
    await this.#evaluations.close();
    this.store.release();
  }

  #layout(): ReturnType<typeof stateLayout> {
    return stateLayout(this.#parts.state.model, this.#optimizer, this.#parts.programs.whole);
  }

  /** Makes the graphs anew where options of the optimizer have changed. */
  async #refresh(): Promise<void> {
    if (this.#isClosed) throw new Error("Updater.update: the updater is closed; create another one");
    if (this.#updates.fits) return;
    await this.#updates.close();
    await this.#evaluations.close();
    const layout = this.#layout();
    await this.store.relay(layout);
    this.#evaluations = new CompiledEvaluations(layout, this.#kind);
    this.#updates = new CompiledUpdates(layout, this.#parts.programs.whole, this.#kind);
  }

  async #single(batch: Batch, update: number): Promise<UpdateResult> {
    const program = await this.#parts.programs.programFor(batch);
    const feeds = await program.feeds(batch, [update, 0]);
    const graph = await this.#updates.graph(program, "fused");
    const vectors = await this.store.vectors();
    const results = await graph.run({ vectors, feeds, numbers: this.#numbers(update) });
    const [loss = Number.NaN, gradNorm = Number.NaN] = numbersOf(results, outputs.report);
    await this.#checkFinite(loss, gradNorm, results, { program, feeds });
    this.store.adopt(results.next, { updates: 1, batches: 1 });
    return { loss, gradNorm };
  }

  async #several(batches: readonly Batch[], update: number): Promise<UpdateResult> {
    const share = 1 / batches.length;
    const { keep, batchShare } = numberNames;
    const state = await this.store.vectors();
    /** Sums of gradients and running statistics so far. */
    let pending = await this.#noSums(state);
    let loss = 0;
    try {
      for (const [index, batch] of batches.entries()) {
        const program = await this.#parts.programs.programFor(batch);
        const feeds = await program.feeds(batch, [update, index]);
        const graph = await this.#updates.graph(program, "accumulation");
        const vectors = new Map([...state, ...pending]);
        const numbers = { [keep]: index === 0 ? 0 : 1, [batchShare]: share };
        const results = await graph.run({ vectors, feeds, numbers });
        releaseAll(pending);
        pending = results.next;
        const [ofBatch = Number.NaN] = numbersOf(results, outputs.loss);
        loss += share * ofBatch;
        await this.#explain(ofBatch, { program, feeds });
      }
      const graph = await this.#updates.graph(this.#parts.programs.whole, "application");
      const vectors = new Map([...state, ...pending]);
      const results = await graph.run({ vectors, numbers: this.#numbers(update) });
      const [gradNorm = Number.NaN] = numbersOf(results, outputs.report);
      await this.#checkFinite(loss, gradNorm, results);
      const { statistics } = this.store.layout;
      const running = statistics && pending.get(statistics.name);
      const next = new Map(results.next);
      if (statistics && running) next.set(statistics.name, running.hold());
      this.store.adopt(next, { updates: 1, batches: batches.length });
      return { loss, gradNorm };
    } finally {
      releaseAll(pending);
    }
  }

  /** What the first batch reads as sums, and multiplies by 0: the weights, which are there and finite, else zeros. */
  async #noSums(state: ReadonlyMap<string, HeldTensor>): Promise<ReadonlyMap<string, HeldTensor>> {
    const sums = new Map<string, HeldTensor>();
    const { weights } = this.store.layout;
    for (const [i, { name, layout }] of sumVectors(
      this.#updates.plan(this.#parts.programs.whole),
    ).entries()) {
      const { shape } = layout;
      const zeros = () => ({ dtype: "float32" as const, shape, data: new Float32Array(elementCount(shape)) });
      sums.set(name, state.get(weights[i]?.name ?? "")?.hold() ?? (await upload(this.#kind.device, zeros())));
    }
    return sums;
  }

  /** Numbers of an update, beside those of a batch. */
  #numbers(update: number): Record<string, number> {
    const { average } = this.#parts;
    const { paramGroups, definition, steps } = this.#optimizer;
    const step = steps + this.store.made.updates + 1;
    const numbers: Record<string, number> = {};
    for (const weights of this.store.layout.weights) {
      const group = paramGroups[weights.group];
      if (group === undefined) continue;
      const scalars = definition.graph?.scalars(group, step - weights.joined, weights.joined);
      for (const [name, number] of Object.entries(scalars ?? {})) numbers[scalarName(weights, name)] = number;
    }
    if (average !== null) numbers[numberNames.averageShare] = 1 - average.decayAt(update + 1);
    return numbers;
  }

  /** Lets go of an update that must not be made. */
  async #checkFinite(
    loss: number,
    gradNorm: number,
    { next }: GraphResults,
    of?: Explained<Batch>,
  ): Promise<void> {
    if (Number.isFinite(loss) && Number.isFinite(gradNorm)) return;
    releaseAll(next);
    if (of) await this.#explain(loss, of);
    throw new DivergedError(loss, gradNorm);
  }

  /** Where a program says why a loss is not finite, it reads the weights. */
  async #explain(loss: number, { program, feeds }: Explained<Batch>): Promise<void> {
    if (Number.isFinite(loss) || program.explainLoss === undefined) return;
    await this.store.read();
    throw program.explainLoss(loss, feeds);
  }

  /** Counts on the host what updates on the device have made. */
  #count(updates: number, batches: number): void {
    for (let i = 0; i < updates; i++) this.#optimizer.countStep();
    const { runningStates } = this.#parts.programs.whole;
    for (const { numBatchesTracked } of runningStates) {
      if (numBatchesTracked) numBatchesTracked[0] = (numBatchesTracked[0] ?? 0n) + BigInt(batches);
    }
    const { model, average } = this.#parts.state;
    for (const [i, { data }] of model.state.entries()) {
      const averaged = average?.state[i]?.data;
      if (data instanceof BigInt64Array && averaged instanceof BigInt64Array) averaged.set(data);
    }
  }
}

interface Explained<Batch> {
  readonly program: TrainingProgram<Batch>;
  readonly feeds: Readonly<Record<string, Tensor>>;
}
