/** Choices on the native engine by a clock of the test's own. */
import {
  decodeModel,
  type Graph,
  GraphBuilder,
  ints,
  meanSquaredError,
  type Site,
  sitesOf,
  type Tensor,
  trainingGraph,
} from "@tsimm/autodiff";
import { expect, test } from "vitest";
import { createEngine } from "../create-engine.ts";
import type { Engine } from "../engine.ts";
import { chooseWays, sitesThatFail } from "./choose-ways.ts";

const native = await createEngine("native");

function sites(batch = 2): readonly Site[] {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", "float32", [batch, 4, 6, 6]);
  const w = builder.input("w", "float32", [4, 4, 3, 3]);
  builder.output(builder.op("Conv", [x, w], { pads: ints(1, 1, 1, 1) }), "y");
  const step = trainingGraph(builder.build(), { parameters: ["x", "w"], loss: meanSquaredError() });
  return sitesOf(step, "ort-cpu");
}

/** A way, by what its graph is made of. */
function wayOf({ nodes }: Graph): string {
  const count = (op: string) => nodes.filter((node) => node.op === op).length;
  if (count("Gemm") > 0) return "in turn";
  if (count("ConvTranspose") > 0) return count("FusedMatMul") > 0 ? "joined input" : "transposed";
  if (count("MatMul") > 0 && count("FusedMatMul") > 0) return count("Conv") === 1 ? "together" : "apart";
  return count("Conv") > 0 && count("MatMul") + count("FusedMatMul") === 0 ? "convolution" : "product";
}

/** The engine, whose graphs take the given time, on the clock of the test; `spoilt` ones yield other numbers. */
function timed(milliseconds: (graph: Graph) => number, spoilt: (graph: Graph) => boolean = () => false) {
  let time = 0;
  const runs: string[] = [];
  const engine: Engine = {
    ...native,
    async load(model, options) {
      const { graph } = decodeModel(model);
      const session = await native.load(model, options);
      return {
        ...session,
        async run(feeds) {
          runs.push(wayOf(graph));
          time += milliseconds(graph);
          const outputs = await session.run(feeds);
          return spoilt(graph) ? zeros(outputs) : outputs;
        },
      };
    },
  };
  return { engine, runs, now: () => time };
}

function zeros(outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => [
      name,
      { ...tensor, data: new Float32Array(tensor.data.length) },
    ]),
  );
}

const limit = { threads: 1, deadline: Number.POSITIVE_INFINITY };

function ways(choices: ReadonlyMap<string, { readonly way: string }>): Record<string, string> {
  return Object.fromEntries([...choices].map(([key, { way }]) => [key.split(" ")[1], way]));
}

const fixed = { forward: "convolution", input: "turned-filters", filters: "split-taps" };

test("the fastest way is chosen for each site", async () => {
  const { engine, now } = timed((graph) => ({ transposed: 1, "in turn": 1 })[wayOf(graph)] ?? 10);
  const choices = await chooseWays(engine, sites(), { ...limit, now });
  expect(ways(choices)).toEqual({
    ...{ forward: "convolution", input: "transposed-convolution", filters: "columns-in-turn" },
  });
});

test("the fixed way stays where none is faster by more than noise", async () => {
  const { engine, now } = timed((graph) => ({ transposed: 9.8, "in turn": 9.8 })[wayOf(graph)] ?? 10);
  expect(ways(await chooseWays(engine, sites(), { ...limit, now }))).toEqual(fixed);
});

test("a way that computes something else is never chosen, however fast", async () => {
  const isWrong = (graph: Graph) => ["transposed", "in turn"].includes(wayOf(graph));
  const { engine, now } = timed((graph) => (isWrong(graph) ? 1 : 10), isWrong);
  expect(ways(await chooseWays(engine, sites(), { ...limit, now }))).toEqual(fixed);
});

test("a way that is hopeless is not timed over and over", async () => {
  const { engine, now, runs } = timed((graph) => (wayOf(graph) === "transposed" ? 100 : 10));
  await chooseWays(engine, sites(), { ...limit, now });
  expect(runs.filter((way) => way === "transposed")).toHaveLength(1);
});

test("a convolution and its gradient take the columns that they share where both together are faster", async () => {
  const { engine, now } = timed((graph) => ({ together: 5, product: 9 })[wayOf(graph)] ?? 10);
  const { forward, filters } = ways(await chooseWays(engine, sites(), { ...limit, now }));
  expect([forward, filters]).toEqual(["joined-columns", "joined-columns"]);
});

test("where time is up, sites stay fixed and have no times", async () => {
  const { engine, now, runs } = timed(() => 10);
  const choices = await chooseWays(engine, sites(), { threads: 1, deadline: -1, now });
  expect(ways(choices)).toEqual(fixed);
  expect([...choices.values()].map(({ milliseconds }) => milliseconds)).toEqual([{}, {}, {}]);
  expect(runs).toEqual([]);
});

test("ways that fail or compute something else on this engine are told of", async () => {
  const all = sites();
  const choices = Object.fromEntries(
    all.map(({ key, part }) => [key, part === "input" ? "transposed-convolution" : "joined-columns"]),
  );
  const { engine } = timed(
    () => 1,
    (graph) => wayOf(graph) === "transposed",
  );
  const failing = await sitesThatFail(engine, all, choices, 1);
  expect(failing.map(({ part }) => part)).toEqual(["input"]);
});
