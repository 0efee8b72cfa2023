/**
 * What an engine does with its device, as JSON on stdout; a process of its own, whose environment names the adapter. Reads
 * `dist`: build first.
 *
 *     node test/device-scenarios.mjs <engine> <scenario>...
 */
import { encodeModel, float32, GraphBuilder, int64 } from "@tsimm/autodiff";
import { createEngine } from "tsimm";

const [, , name, ...asked] = process.argv;
const warnings = [];
const created = createEngine(name, { onWarning: (line) => warnings.push(line) });

/** next = state + step · x, sum = Σ state. */
function stateModel(elements) {
  const builder = new GraphBuilder("state");
  const state = builder.input("state", "float32", [elements]);
  const x = builder.input("x", "float32", [1]);
  builder.output(builder.op("Add", [state, x]), "next");
  builder.output(builder.op("ReduceSum", [state]), "sum");
  return encodeModel(builder.build());
}

/** Fills a tensor of many elements and sums it. */
function largeModel(elements) {
  const builder = new GraphBuilder("large");
  const filled = builder.op("Expand", [
    builder.input("x", "float32", [1]),
    builder.constant(int64([1], [elements])),
  ]);
  builder.output(builder.op("ReduceSum", [filled]), "sum");
  return encodeModel(builder.build());
}

const filled = (elements, value) => float32([elements], new Float32Array(elements).fill(value));
const numbers = ({ data }, count = data.length) => [...data.subarray(0, count)];
const failure = (promise) =>
  promise.then(
    () => "none",
    ({ name, message }) => `${name}: ${message}`,
  );

const scenarios = {
  async start() {
    const engine = await created;
    return {
      name: engine.name,
      version: engine.version,
      device: engine.device?.name,
      lowering: engine.lowering,
    };
  },

  async tensors() {
    const { device } = await created;
    const session = await device.load(stateModel(6), ["next"]);
    const first = await session.run({ state: filled(6, 1), x: filled(1, 2) });
    const second = await session.run({ state: first.next, x: filled(1, 3) });
    const { location, dtype, shape } = second.next;
    const read = await device.read({ a: first.next, b: second.next, c: second.next });
    first.next.dispose();
    first.next.dispose();
    const disposed = await failure(session.run({ state: first.next, x: filled(1, 0) }));
    await session.close();
    const closed = await failure(session.run({ state: filled(6, 1), x: filled(1, 2) }));
    const afterwards = await device.read({ a: second.next });
    const other = await device.load(stateModel(6), []);
    const { next, sum } = await other.run({ state: second.next, x: filled(1, 1) });
    second.next.dispose();
    const foreign = { ...second.next, dispose() {} };
    const refused = await failure(other.run({ state: foreign, x: filled(1, 1) }));
    await other.close();
    await other.close();
    return {
      ...{ location, dtype, shape, sums: [first.sum, second.sum, sum].map((value) => numbers(value)) },
      ...{ read: [read.a, read.b, read.c, afterwards.a, next].map((value) => numbers(value, 2)) },
      ...{ disposed, closed, refused, nothing: await device.read({}) },
    };
  },

  async onTheHost() {
    const { load } = await created;
    const session = await load(stateModel(6));
    const { next, sum } = await session.run({ state: filled(6, 1), x: filled(1, 2) });
    await session.close();
    return { next: numbers(next), sum: numbers(sum), closed: await failure(session.run({})) };
  },

  /** Resident memory in MB after each ten runs that replace a state of 4 MB, then after reading many sets of tensors. */
  async memory() {
    const { device } = await created;
    const elements = 1_000_000;
    const session = await device.load(stateModel(elements), ["next"]);
    let state = filled(elements, 0);
    const megabytes = [];
    for (let run = 1; run <= 200; run++) {
      const { next, sum } = await session.run({ state, x: filled(1, 1) });
      if (sum.data[0] !== (run - 1) * elements) throw new Error(`run ${run}: sum ${sum.data[0]}`);
      state.dispose?.();
      state = next;
      if (run % 10 === 0) megabytes.push(process.memoryUsage().rss / 1e6);
    }
    const read = [];
    for (let set = 0; set < 12; set++)
      read.push((await device.read({ [`state ${set}`]: state }))[`state ${set}`].data[7]);
    return { megabytes, read };
  },

  async tooLarge() {
    const engine = await created;
    const feeds = { x: filled(1, 1) };
    const session = await engine.device.load(largeModel(600_000_000), []);
    const onDevice = [await failure(session.run(feeds)), await failure(session.run(feeds))];
    const onHost = await failure((await engine.load(largeModel(600_000_000))).run(feeds));
    const small = await engine.device.load(largeModel(1000), []);
    return { onDevice, onHost, afterwards: numbers((await small.run(feeds)).sum) };
  },
};

const results = { warnings };
try {
  for (const scenario of asked) results[scenario] = await scenarios[scenario]();
} catch (error) {
  results.error = `${error.name}: ${error.message}`;
}
console.log(JSON.stringify(results));
