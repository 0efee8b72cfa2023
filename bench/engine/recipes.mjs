/**
 * Times every way to compute the convolutions of a model's training step and their gradients, each as a graph of its own,
 * in turns. Build first.
 *
 * With `--threads 1` the processor time is taken, which other work on the machine disturbs least.
 */
import { encodeModel, sitesOf, trainingGraph, trialGraph, workPerImage } from "@tsimm/autodiff";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { createEngine, createModel } from "tsimm";
import { readOptions } from "./options.mjs";

const { model: name, batchSize, size, threads, rounds } = readOptions();
const model = createModel(name, { numClasses: 1000 });
const forward = model.forwardGraph({ batchSize, height: size, width: size, training: true });
const step = trainingGraph(forward, { parameters: model.parameters.map((parameter) => parameter.name) });
const block = await (await createEngine("native")).channelBlock();
const options = {
  intraOpNumThreads: threads,
  logSeverityLevel: 3,
  enableMemPattern: false,
  // As in training; the threads of the other sessions must not spin meanwhile.
  extra: { session: { force_spinning_stop: "1" } },
};

/** ms of one run: processor time of a single thread, else wall time. */
async function timeOf(run) {
  const usage = process.cpuUsage();
  const start = performance.now();
  await run();
  const { user, system } = process.cpuUsage(usage);
  return threads === 1 ? (user + system) / 1000 : performance.now() - start;
}

const total = { fixed: 0, best: 0 };
for (const site of sitesOf(step, "ort-cpu", { block })) {
  const runners = [];
  for (const way of site.ways) {
    const graph = trialGraph([site], { [site.key]: way }, { batchSize });
    const session = await InferenceSession.create(encodeModel(graph), options);
    const feeds = Object.fromEntries(
      graph.inputs.map((input) => {
        const count = input.shape.reduce((a, b) => a * b, 1);
        const data = Float32Array.from({ length: count }, (_, i) => Math.sin(i));
        return [input.name, new Tensor("float32", data, input.shape)];
      }),
    );
    runners.push({ way, session, run: () => session.run(feeds), times: [] });
  }
  for (let round = -2; round < rounds; round++) {
    for (const { run, times } of runners) {
      const time = await timeOf(run);
      if (round >= 0) times.push(time);
    }
  }
  const results = runners.map(({ way, times }) => ({ way, ms: Math.min(...times) }));
  results.sort((a, b) => a.ms - b.ms);
  for (const { session } of runners) await session.release();
  const fixed = results.find(({ way }) => way === site.way)?.ms ?? 0;
  const [{ ms: best } = { ms: 0 }] = results;
  total.fixed += fixed * site.count;
  total.best += best * site.count;
  const speed = ((workPerImage(site) * batchSize) / best / 1e6).toFixed(0);
  console.log(
    `${site.count} x ${site.key}: ${results
      .map(({ way, ms }) => `${way === site.way ? `**${way}**` : way} ${ms.toFixed(2)}`)
      .join("; ")} (${speed} GFLOP/s)`,
  );
}
console.log(
  `All of ${name}, batch ${batchSize}, ${size}x${size}, ${threads} threads: ` +
    `fixed ways (bold) ${total.fixed.toFixed(0)} ms, fastest ${total.best.toFixed(0)} ms`,
);
