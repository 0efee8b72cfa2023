/** Training state on a device, with its mirror on the host. */
import type { DeviceTensor, EngineDevice } from "../../runtime/engine.ts";
import { stateTensors } from "../../state/state-tensors.ts";
import type { StateParts, StateStore } from "../../state/store.ts";
import type { HeldTensor } from "./held-tensor.ts";
import type { StateLayout } from "./state-layout.ts";
import { changedVectors, type HostState, packedVectors, unpackVectors } from "./state-vectors.ts";
import { upload } from "./upload.ts";

/** What a store on a device is made of. */
export interface DeviceStoreParts {
  readonly device: EngineDevice;
  readonly state: StateParts;
  readonly host: HostState;
  /** Counts on the host what updates on the device have made: those of integers, and steps of the optimizer. */
  countUpdates(made: MadeUpdates): void;
}

/** Updates that the arrays of the host do not know yet. */
export interface MadeUpdates {
  readonly updates: number;
  readonly batches: number;
}

/** A store whose vectors are on a device. */
export class DeviceStore implements StateStore {
  readonly location = "device";
  readonly #parts: DeviceStoreParts;
  #layout: StateLayout;
  /** By the name of the vector; null: the arrays of the host are the state. */
  #vectors: Map<string, HeldTensor> | null = null;
  #made: MadeUpdates = { updates: 0, batches: 0 };
  #revision = 0;

  constructor(layout: StateLayout, parts: DeviceStoreParts) {
    this.#layout = layout;
    this.#parts = parts;
  }

  get layout(): StateLayout {
    return this.#layout;
  }

  get isCurrent(): boolean {
    return this.#made.updates === 0;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Updates that the arrays of the host do not know yet. */
  get made(): MadeUpdates {
    return this.#made;
  }

  tensors(): ReturnType<StateStore["tensors"]> {
    return stateTensors(this.#parts.state);
  }

  async read(): Promise<void> {
    if (this.isCurrent) return;
    const [vectors, made] = [this.#vectors, this.#made];
    if (vectors === null) {
      throw new Error(
        "StateStore.read: the updater must be open, got one that is closed; read the state before",
      );
    }
    const held = changedVectors(this.#layout, this.#parts.host).flatMap(({ name }) => {
      const tensor = vectors.get(name);
      return tensor ? [[name, tensor.hold()] as const] : [];
    });
    try {
      const wanted = held.map(([name, { tensor }]): [string, DeviceTensor] => [name, tensor]);
      const read = await this.#parts.device.read(Object.fromEntries(wanted));
      const arrays = Object.entries(read).flatMap(([name, { data }]): [string, Float32Array][] =>
        data instanceof Float32Array ? [[name, data]] : [],
      );
      unpackVectors(this.#layout, this.#parts.host, new Map(arrays));
    } finally {
      for (const [, tensor] of held) tensor.release();
    }
    this.#made = { updates: 0, batches: 0 };
    this.#parts.countUpdates(made);
    this.#revision++;
  }

  written(): void {
    this.release();
    this.#made = { updates: 0, batches: 0 };
  }

  /** Frees the memory of the device; what was not read is lost. */
  release(): void {
    for (const tensor of this.#vectors?.values() ?? []) tensor.release();
    this.#vectors = null;
  }

  /** Reads the state, and lays it out anew. */
  async relay(layout: StateLayout): Promise<void> {
    await this.read();
    this.written();
    this.#layout = layout;
  }

  /** The vectors by name, on the device; the caller does not release them. */
  async vectors(): Promise<ReadonlyMap<string, HeldTensor>> {
    this.#vectors ??= await this.#upload();
    return this.#vectors;
  }

  /**
   * Takes vectors of the next state for those of this one.
   *
   * @param next - By name; held by the store from now on.
   */
  adopt(next: ReadonlyMap<string, HeldTensor>, { updates, batches }: MadeUpdates): void {
    const vectors = this.#vectors ?? new Map<string, HeldTensor>();
    for (const [name, tensor] of next) {
      vectors.get(name)?.release();
      vectors.set(name, tensor);
    }
    this.#vectors = vectors;
    this.#made = { updates: this.#made.updates + updates, batches: this.#made.batches + batches };
  }

  /** A vector at a time, so that the host does not hold all of them twice. */
  async #upload(): Promise<Map<string, HeldTensor>> {
    const vectors = new Map<string, HeldTensor>();
    try {
      for (const { name, layout, data } of packedVectors(this.#layout, this.#parts.host)) {
        vectors.set(name, await upload(this.#parts.device, { dtype: "float32", shape: layout.shape, data }));
      }
      return vectors;
    } catch (error) {
      for (const tensor of vectors.values()) tensor.release();
      throw error;
    }
  }
}
