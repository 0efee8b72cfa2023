/** What is compared between Node and a browser: the answers of an exported model. */
import { createModel, createTask, type Engine, exportOnnx, loadClassifier, type Pixels } from "tsimm/browser";

export { wasmEngine } from "tsimm/browser";

/** Probabilities of all classes, by the class. */
export async function probabilities(
  engine: Engine,
  file: Uint8Array,
  pixels: Pixels,
): Promise<Record<string, number>> {
  const classifier = await loadClassifier(file, engine);
  const predictions = await classifier.classify(pixels, classifier.classNames.length);
  await classifier.close();
  return Object.fromEntries(predictions.map(({ label, prob }) => [label, prob]));
}

/** The file of a model with initial weights and labels. */
export function exported(): Uint8Array {
  const model = createModel("test_resnet", { numClasses: 2, seed: 5 });
  const task = createTask("multi-label", { outputNames: ["indoor", "people"] });
  return exportOnnx(model, { task, dataConfig: { inputSize: [3, 32, 32] } });
}
