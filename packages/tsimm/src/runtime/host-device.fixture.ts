/** A device in the memory of the host: models run on another engine, and every tensor is accounted for. */
import type { Tensor } from "@tsimm/autodiff";
import { DeviceLostError } from "./device-lost-error.ts";
import type { DeviceTensor, Engine, EngineDevice } from "./engine.ts";

/** An engine with such a device. */
export interface HostDeviceEngine extends Engine {
  readonly device: EngineDevice;
  /** Tensors that are not disposed of. */
  readonly live: number;
  /** Models loaded, and not closed. */
  readonly open: number;
  /** Models loaded so far. */
  readonly loads: number;
  /** Bytes of the tensors that runs were fed from the host so far. */
  readonly uploaded: number;
  /** Loses the device: whatever runs from now on fails. */
  lose(): void;
}

class HostTensor implements DeviceTensor {
  readonly location = "device";
  readonly dtype: Tensor["dtype"];
  readonly shape: readonly number[];
  readonly #live: Set<DeviceTensor>;
  #tensor: Tensor | null;

  constructor(tensor: Tensor, live: Set<DeviceTensor>) {
    this.dtype = tensor.dtype;
    this.shape = tensor.shape;
    this.#tensor = tensor;
    this.#live = live;
    live.add(this);
  }

  get tensor(): Tensor {
    if (this.#tensor === null) throw new Error("host device: a tensor was used after it was disposed of");
    return this.#tensor;
  }

  dispose(): void {
    this.#tensor = null;
    this.#live.delete(this);
  }
}

/** Gives an engine a device. */
export function withHostDevice(engine: Engine): HostDeviceEngine {
  const live = new Set<DeviceTensor>();
  const counts = { open: 0, loads: 0, uploaded: 0, isLost: false };
  const tensorOf = (tensor: Tensor | DeviceTensor): Tensor => {
    if (tensor instanceof HostTensor) return tensor.tensor;
    if ("location" in tensor) throw new TypeError("host device: a tensor is of another device");
    counts.uploaded += tensor.data.byteLength;
    return tensor;
  };
  const check = () => {
    if (counts.isLost) throw new DeviceLostError("host device: the device is lost");
  };
  return {
    ...engine,
    get live() {
      return live.size;
    },
    get open() {
      return counts.open;
    },
    get loads() {
      return counts.loads;
    },
    get uploaded() {
      return counts.uploaded;
    },
    lose() {
      counts.isLost = true;
    },
    device: {
      name: "host",
      async load(model, onDevice) {
        check();
        const session = await engine.load(model, { threads: 1 });
        counts.open++;
        counts.loads++;
        return {
          async run(feeds) {
            check();
            const inputs = Object.entries(feeds).map(([name, tensor]) => [name, tensorOf(tensor)] as const);
            const results = await session.run(Object.fromEntries(inputs));
            return Object.fromEntries(
              Object.entries(results).map(([name, tensor]) => [
                name,
                onDevice.includes(name) ? new HostTensor(tensor, live) : tensor,
              ]),
            );
          },
          async close() {
            counts.open--;
            await session.close();
          },
        };
      },
      async read(tensors) {
        check();
        return Object.fromEntries(
          Object.entries(tensors).map(([name, tensor]) => {
            const { dtype, shape, data } = tensorOf(tensor);
            return [name, { dtype, shape, data: data.slice() }];
          }),
        );
      },
    },
  };
}
