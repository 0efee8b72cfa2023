/**
 * A schedule, an optimizer and a model of one's own: defined, registered, trained by name on images in memory, exported
 * as ONNX and run again; then the same as a run with a folder, as `tsimm train` makes it.
 *
 * Run it with `npm run example:own-program`.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createScheduler, defineSchedule, number, registerSchedule } from "@tsimm/scheduler";
import {
  createEngine,
  createLoader,
  createModel,
  createOptimizer,
  createTask,
  defineModelFamily,
  defineOptimizer,
  exportOnnx,
  fit,
  type Image,
  type Listener,
  loadClassifier,
  memoryDataset,
  optionChecks,
  registerModelFamily,
  registerOptimizer,
  train,
} from "tsimm";
import { batchNorm, classify, conv, flatten, globalPool, imageNet, relu, stemThenBlocks } from "tsimm/layers";

// 1. A family: its models, and how one of them turns images into logits.
const plain = defineModelFamily({
  name: "plain",
  models: { plain2: { depth: 2, width: 16 }, plain4: { depth: 4, width: 32 } },
  create: (name, { depth, width }, { inChans }) => ({
    ...{ name, inChans, numFeatures: width, classifier: "fc" },
    pretrainedCfg: { ...imageNet, inputSize: [3, 32, 32], cropPct: 1 },
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

// 3. A schedule, with a flag of its own.
const halving = defineSchedule({
  name: "halving",
  checks: { halfLife: number({ above: 0 }) },
  build:
    ({ halfLife }) =>
    (base) =>
    (t) =>
      base * 0.5 ** (t / halfLife),
  flags: {
    halfLife: {
      type: "float",
      default: 10,
      above: 0,
      inEpochs: true,
      help: "epochs in which the rate halves",
    },
  },
});
registerSchedule(halving);

// Only for TypeScript: the two names as values of `sched` and `opt`.
declare module "@tsimm/scheduler" {
  interface RegisteredSchedules {
    halving: true;
  }
}
declare module "tsimm" {
  interface RegisteredOptimizers {
    signum: true;
  }
}

// 4. Images in memory: stripes along the rows, and along the columns.
const side = 32;
const outputNames = ["rows", "columns"];
function stripes(image: number): Image {
  const data = Uint8Array.from({ length: side * side }, (_, i) => {
    const place = image % 2 === 0 ? Math.floor(i / side) : i % side;
    return 127 + 120 * Math.sin(place * (0.6 + 0.01 * image) + image);
  });
  return { width: side, height: side, channels: 1, data };
}
const images = Array.from({ length: 64 }, (_, i) => stripes(i));
const dataset = memoryDataset({ images, labels: images.map((_, i) => i % 2), classNames: outputNames });

// 5. All of it by name, as what is built in, in one's own loop.
const model = createModel("plain4", { numClasses: 2 });
const optimizer = createOptimizer({ opt: "signum", lr: 2e-3, weightDecay: 0, momentum: 0.9 }, model);
const epochs = 8;
const { scheduler: schedule } = createScheduler(
  { sched: "halving", epochs, warmupEpochs: 0, ...{ halfLife: 4 } },
  optimizer,
);
const loader = createLoader(dataset, {
  ...{ batchSize: 16, workers: 0 },
  transform: { training: true, inputSize: [3, side, side], noAug: true },
});
const task = createTask("classification", { outputNames });
const log: Listener = {
  name: "log",
  on(event) {
    if (event.type !== "epochDone") return;
    const { epoch, row } = event;
    console.log(`epoch ${epoch}: loss ${row?.trainLoss.toFixed(3)}, rate ${row?.lr.toPrecision(3)}`);
  },
};
const engine = await createEngine();
await fit({ engine, model, optimizer, schedule, loader, task, epochs, listeners: [log] });

// 6. An ONNX file, which any ONNX runtime takes, and what it says of an image that it has not seen.
const file = exportOnnx(model, { task });
const classifier = await loadClassifier(file, engine);
const [answer] = await classifier.predict(stripes(65));
console.log(`plain4.onnx has ${file.length} bytes and says ${answer?.label}`);
await classifier.close();

// 7. The same as a run: checkpoints, figures, logs and the ONNX file in a folder, and --resume.
const output = process.argv[2] ?? "output";
const { folder, best } = await train(
  {
    ...{ model: "plain4", opt: "signum", sched: "halving", lr: 2e-3, warmupEpochs: 0, epochs },
    ...{ halfLife: 4 }, // the flag of the schedule above
    ...{ batchSize: 16, workers: 0, noAug: true, output },
  },
  { dataset: { training: dataset, validation: dataset } },
);
console.log(`top-1 ${best?.metric} % in epoch ${best?.epoch}; the run is in ${folder}`);
await writeFile(join(folder, "own-loop.onnx"), file);
