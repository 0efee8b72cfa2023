/** Copies tensors to a device. */
import { encodeModel, GraphBuilder, type Tensor } from "@tsimm/autodiff";
import type { EngineDevice } from "../../runtime/engine.ts";
import { HeldTensor } from "./held-tensor.ts";

/** A copy of a tensor on a device, held by the caller. */
export async function upload(device: EngineDevice, tensor: Tensor): Promise<HeldTensor> {
  const builder = new GraphBuilder("upload");
  builder.output(builder.input("from", tensor.dtype, tensor.shape), "to");
  const session = await device.load(encodeModel(builder.build()), ["to"]);
  try {
    const { to } = await session.run({ from: tensor });
    if (to !== undefined && "location" in to) return new HeldTensor(to);
    throw new TypeError("upload: the engine returned no tensor on the device");
  } finally {
    await session.close();
  }
}
