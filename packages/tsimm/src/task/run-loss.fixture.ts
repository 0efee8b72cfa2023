/** Loss and gradient of a task in tests, computed by the engine. */
import { encodeModel, GraphBuilder, trainingGraph } from "@tsimm/autodiff";
import { createEngine } from "../runtime/create-engine.ts";
import type { Task } from "./task.ts";

/** A graph that yields the loss of outputs [images, outputs]: outputs are what enters, plus `shift`, [outputs]. */
export async function lossOf(task: Task, images: number) {
  const width = task.outputNames.length;
  const builder = new GraphBuilder("outputs");
  const x = builder.input("x", "float32", [images, width]);
  const shift = builder.input("shift", "float32", [images, width]);
  builder.output(builder.op("Add", [x, shift]), "outputs");
  const training = trainingGraph(builder.build(), { parameters: ["shift"], loss: task.loss });
  const session = await (await createEngine("wasm")).load(encodeModel(training.graph));
  const tensor = (data: Float32Array) => ({ dtype: "float32" as const, shape: [images, width], data });
  return async (outputs: Float32Array, target: Float32Array) => {
    const results = await session.run({
      x: tensor(outputs),
      shift: tensor(new Float32Array(outputs.length)),
      [training.target]: tensor(target),
    });
    const gradient = results[training.gradients.get("shift") ?? ""]?.data;
    return { loss: Number(results[training.loss]?.data[0]), gradient: Array.from(gradient ?? [], Number) };
  };
}
