/** Times several ways to compute the same. */
import type { Graph, Tensor } from "@tsimm/autodiff";
import { elementCount, encodeModel } from "@tsimm/autodiff";
import type { Engine, Session } from "../engine.ts";

/** A way to compute something. */
export interface TimedWay {
  readonly name: string;
  /** Its inputs are float32; its outputs are the same for all ways, but for rounding. */
  readonly graph: Graph;
}

/** Options of {@link timeWays}. */
export interface TimeWaysOptions {
  /** Threads of the engine; absent: all cores. */
  readonly threads?: number | undefined;
  /** Time, as `now` tells it, after which no round begins. */
  readonly deadline: number;
  /** Clock in ms. */
  readonly now: () => number;
}

/** Rounds at most; the minima have settled by then. */
const ROUNDS = 5;
/** A way whose fastest run takes longer than the best one's by this factor is not timed further. */
const HOPELESS = 1.25;
/** Relative error above which a way does not compute the same. */
const TOLERANCE = 1e-4;

interface Runner {
  readonly name: string;
  readonly session: Session;
  /** In ms. */
  fastest: number;
}

/**
 * Runs the ways in turns, so that they meet the same state of the machine.
 *
 * @param ways - The first one counts as correct.
 * @returns Fastest run by way in ms. A way that the engine refuses, or that computes something else, is missing; all are
 * if the first one does not run, or the deadline has passed.
 */
export async function timeWays(
  engine: Engine,
  ways: readonly TimedWay[],
  { threads, deadline, now }: TimeWaysOptions,
): Promise<ReadonlyMap<string, number>> {
  const feeds = feedsOf(ways);
  const runners: Runner[] = [];
  let expected: Readonly<Record<string, Tensor>> | undefined;
  try {
    for (const { name, graph } of ways) {
      if (runners.length > 0 && now() > deadline) break;
      const runner = await load(engine, { name, graph }, threads);
      if (runner === null) {
        if (expected === undefined) return new Map();
        continue;
      }
      runners.push(runner);
      const outputs = await runner.session.run(feeds).catch(() => null);
      if (outputs === null || (expected !== undefined && !agrees(outputs, expected))) runners.pop();
      if (outputs === null || runners.at(-1) !== runner) {
        await runner.session.close();
        if (expected === undefined) return new Map();
      }
      expected ??= outputs ?? undefined;
    }
    await race(runners, feeds, { deadline, now });
  } finally {
    for (const { session } of runners) await session.close();
  }
  return new Map(
    runners.flatMap(({ name, fastest }) => (Number.isFinite(fastest) ? [[name, fastest] as const] : [])),
  );
}

async function load(
  engine: Engine,
  { name, graph }: TimedWay,
  threads: number | undefined,
): Promise<Runner | null> {
  const session = await engine
    .load(encodeModel(graph), threads === undefined ? {} : { threads })
    .catch(() => null);
  return session === null ? null : { name, session, fastest: Number.POSITIVE_INFINITY };
}

async function race(
  runners: readonly Runner[],
  feeds: Readonly<Record<string, Tensor>>,
  { deadline, now }: Pick<TimeWaysOptions, "deadline" | "now">,
): Promise<void> {
  let left = runners;
  for (let round = 0; round < ROUNDS && left.length > 0; round++) {
    if (now() > deadline) return;
    for (const runner of left) {
      const start = now();
      await runner.session.run(feeds);
      runner.fastest = Math.min(runner.fastest, now() - start);
    }
    const best = Math.min(...left.map(({ fastest }) => fastest));
    left = left.filter(({ fastest }) => fastest <= HOPELESS * best);
    // Against nobody there is nothing to win.
    if (left.length === 1) return;
  }
}

/** Numbers in [-1, 1) for every input of any way. */
function feedsOf(ways: readonly TimedWay[]): Record<string, Tensor> {
  const shapes = new Map(
    ways.flatMap(({ graph }) => graph.inputs.map(({ name, shape }) => [name, shape] as const)),
  );
  const pattern = new Float32Array(4099);
  let state = 1;
  for (let i = 0; i < pattern.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    pattern[i] = state / 2 ** 31 - 1;
  }
  return Object.fromEntries(
    [...shapes].map(([name, shape]) => {
      const data = new Float32Array(elementCount(shape));
      for (let at = 0; at < data.length; at += pattern.length) {
        data.set(pattern.subarray(0, Math.min(pattern.length, data.length - at)), at);
      }
      return [name, { dtype: "float32", shape, data }];
    }),
  );
}

/** Whether outputs are the same, but for rounding. */
function agrees(
  outputs: Readonly<Record<string, Tensor>>,
  expected: Readonly<Record<string, Tensor>>,
): boolean {
  return Object.entries(expected).every(([name, { data: wanted }]) => {
    const data = outputs[name]?.data;
    if (data?.length !== wanted.length) return false;
    let error = 0;
    let norm = 0;
    for (const [i, value] of wanted.entries()) {
      error += (Number(data[i]) - Number(value)) ** 2;
      norm += Number(value) ** 2;
    }
    return Math.sqrt(error) <= TOLERANCE * Math.sqrt(norm);
  });
}
