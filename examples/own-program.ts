/**
 * A model and an optimizer of one's own: defined, registered, created by name, trained, exported and run again.
 *
 * Run it with `npm run example:own-model`.
 */
import { bakeInitializers, encodeModel, type Tensor } from "@tsimm/autodiff";
import {
  createEngine,
  createModel,
  createOptimizer,
  createTrainingStep,
  defineModelFamily,
  defineOptimizer,
  optionChecks,
  registerModelFamily,
  registerOptimizer,
} from "tsimm";
import { batchNorm, classify, conv, flatten, globalPool, imageNet, relu, stemThenBlocks } from "tsimm/layers";

// 1. A family: its models, and how one of them turns images into logits.
const plain = defineModelFamily({
  name: "plain",
  models: { plain2: { depth: 2, width: 16 }, plain4: { depth: 4, width: 32 } },
  create: (name, { depth, width }, { inChans }) => ({
    ...{ name, inChans, numFeatures: width, classifier: "fc" },
    pretrainedCfg: { ...imageNet, inputSize: [3, 32, 32] },
    layerOf: stemThenBlocks(/^blocks\.0\./, /^blocks\.(\d+)\./),
    forwardFeatures(layers, images) {
      let x = images;
      for (let i = 0; i < depth; i++) {
        x = conv(layers, `blocks.${i}.conv`, x, { channels: width, kernel: 3, stride: 2 });
        x = layers.stage(`blocks.${i}`, 2 ** (i + 1), relu(layers, batchNorm(layers, `blocks.${i}.bn`, x)));
      }
      return x;
    },
    forwardHead(layers, features, head) {
      const pooled = flatten(layers, globalPool(layers, features, head.globalPool));
      return classify(layers, "fc", pooled, head, { dropModule: "fc_drop" });
    },
  }),
});
registerModelFamily(plain);

// 2. An optimizer: the sign of a running mean moves each weight by the learning rate.
const signum = defineOptimizer({
  name: "signum",
  lr: 1e-3,
  defaults: { momentum: 0.9 },
  checks: { momentum: optionChecks.fraction },
  createSlots: ({ data }) => ({ momentum_buffer: new Float32Array(data.length) }),
  loop({ data }, grad, { momentum_buffer: mean }, { lr, weightDecay, momentum }) {
    for (let i = 0; i < data.length; i++) {
      const weight = data[i] ?? 0;
      const next = momentum * (mean[i] ?? 0) + (1 - momentum) * (grad[i] ?? 0);
      mean[i] = next;
      data[i] = weight - lr * (Math.sign(next) + weightDecay * weight);
    }
  },
});
registerOptimizer(signum);

// 3. Both by name, as those that are built in.
const model = createModel("plain4", { numClasses: 2 });
const optimizer = createOptimizer({ opt: "signum", lr: 2e-3, weightDecay: 0, momentum: 0.9 }, model);

// 4. Two classes: stripes along the rows, and along the columns.
const [batchSize, side] = [8, 32];
const images = new Float32Array(batchSize * 3 * side * side);
for (let i = 0; i < images.length; i++) {
  const [image, row, column] = [Math.floor(i / (3 * side * side)), Math.floor(i / side) % side, i % side];
  images[i] = Math.sin((image % 2 === 0 ? row : column) + image);
}
const target = Float32Array.from({ length: 2 * batchSize }, (_, i) => Number(i % 2 === (i >> 1) % 2));
const engine = await createEngine();
const size = { batchSize, height: side, width: side };
const step = await createTrainingStep(engine, model, { ...size, input: "float32" });
for (let update = 1; update <= 40; update++) {
  const { loss } = await step.run(images, target);
  optimizer.step();
  if (update % 10 === 0) console.log(`update ${update}: loss ${loss.toFixed(3)}`);
}
await step.close();

// 5. An ONNX file, and what it says of the images.
const graph = model.forwardGraph({ ...size, training: false });
const weights = new Map<string, Tensor>();
for (const { name, shape, data } of model.state) {
  if (data instanceof Float32Array) weights.set(name, { dtype: "float32", shape, data });
}
const file = encodeModel(bakeInitializers(graph, weights));
const session = await engine.load(file);
const { logits } = await session.run({
  input: { dtype: "float32", shape: [batchSize, 3, side, side], data: images },
});
const classes = Array.from({ length: batchSize }, (_, i) =>
  Number((logits?.data[2 * i + 1] ?? 0) > (logits?.data[2 * i] ?? 0)),
);
console.log(`plain4.onnx has ${file.length} bytes and says ${classes.join(" ")}`);
await session.close();
