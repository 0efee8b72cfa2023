/** One training step of a model, ready to run: forward, loss, all gradients, batch statistics. */
import { encodeModel, lower, trainingGraph } from "@tsimm/autodiff";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { createEngine, createModel, tuneTrainingStep } from "tsimm";

const numClasses = 1000;

/**
 * Builds the step and loads it.
 *
 * @param {{ model: string, batchSize: number, size: number, threads: number, tune: boolean }} work
 * @param {import("onnxruntime-node").InferenceSession.SessionOptions} [options]
 */
export async function trainingStep({ model: name, batchSize, size, threads, tune }, options = {}) {
  const model = createModel(name, { numClasses });
  const forward = model.forwardGraph({ batchSize, height: size, width: size, training: true });
  const parameters = model.parameters.map((parameter) => parameter.name);
  const layout = { batchSize, height: size, width: size, input: "float32", threads };
  const choices = tune
    ? await tuneTrainingStep(await createEngine("native"), model, { ...layout, cacheDir: null, seconds: 30 })
    : {};
  const step = lower(trainingGraph(forward, { parameters }), "ort-cpu", { choices });
  const session = await InferenceSession.create(encodeModel(step.graph), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
    ...options,
  });
  const feeds = {
    input: new Tensor("float32", noise(batchSize * 3 * size * size), [batchSize, 3, size, size]),
    [step.target]: new Tensor("float32", oneHot(batchSize), [batchSize, numClasses]),
  };
  for (const { name, data, shape } of model.parameters) feeds[name] = new Tensor("float32", data, shape);
  return { session, run: () => session.run(feeds) };
}

/** Pixels in [-1, 1). */
function noise(count) {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function oneHot(batchSize) {
  const target = new Float32Array(batchSize * numClasses);
  for (let image = 0; image < batchSize; image++)
    target[image * numClasses + ((image * 37) % numClasses)] = 1;
  return target;
}
