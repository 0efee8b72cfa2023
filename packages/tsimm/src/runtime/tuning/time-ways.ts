/** Times several ways to compute the same. */
import { elementCount, encodeModel, type Graph, type Tensor } from "@tsimm/autodiff";
import type { Engine, Session } from "../engine.ts";

/** A way to compute something. */
export interface TimedWay {
  readonly name: string;
  /** Its inputs are float32; its outputs are the same for all ways, but for rounding. */
  readonly graph: Graph;
}

/** When to stop. */
export interface Limit {
  /** Time, as `now` tells it, after which no round begins. */
  readonly deadline: number;
  /** Clock in ms. */
  readonly now: () => number;
}

/** Rounds at most; the minima have settled by then. */
const ROUNDS = 8;
/** A way whose fastest run takes longer than the best one's by this factor is not timed further. */
const HOPELESS = 1.25;
/** The same for the first run of all, which warms up. */
const HOPELESS_AT_FIRST = 2.5;
/** Relative error above which a way does not compute the same. */
const TOLERANCE = 1e-4;

type Tensors = Readonly<Record<string, Tensor>>;

interface Runner {
  readonly name: string;
  readonly session: Session;
  readonly feeds: Tensors;
  /** First run in ms. */
  readonly first: number;
  /** Fastest of the others in ms. */
  fastest: number;
}

/**
 * Runs the ways in turns, so that they meet the same state of the machine.
 *
 * @param ways - The first one counts as correct.
 * @param threads - Threads of the engine; absent: all cores.
 * @returns Fastest run by way in ms; infinite where the first one was hopeless, or there was no other way. A way that the engine refuses, or that computes something else, is missing; all are
 * where the first one does not run.
 */
export async function timeWays(
  engine: Engine,
  ways: readonly TimedWay[],
  threads: number | undefined,
  limit: Limit,
): Promise<ReadonlyMap<string, number>> {
  const runners = await openWays(engine, ways, threads, limit.now);
  try {
    await race(runners, limit);
  } finally {
    for (const { session } of runners) await session.close();
  }
  return new Map(runners.map(({ name, fastest }) => [name, fastest]));
}

/**
 * The ways that the engine runs, and that compute what the first one does.
 *
 * @param threads - Threads of the engine; absent: all cores.
 */
export async function agreeingWays(
  engine: Engine,
  ways: readonly TimedWay[],
  threads: number | undefined,
): Promise<readonly string[]> {
  const runners = await openWays(engine, ways, threads, () => 0);
  for (const { session } of runners) await session.close();
  return runners.map(({ name }) => name);
}

/** Loads the ways and runs each once; those that fail or disagree are left out. */
async function openWays(
  engine: Engine,
  ways: readonly TimedWay[],
  threads: number | undefined,
  now: () => number,
): Promise<readonly Runner[]> {
  const feeds = feedsOf(ways);
  const runners: Runner[] = [];
  let expected: Tensors | null = null;
  for (const { name, graph } of ways) {
    const session = await engine
      .load(encodeModel(graph), threads === undefined ? {} : { threads })
      .catch(() => null);
    const own = Object.fromEntries(graph.inputs.map((input) => [input.name, feeds(input.name)]));
    const start = now();
    const outputs = (await session?.run(own).catch(() => null)) ?? null;
    if (session !== null && outputs !== null && agrees(outputs, expected ?? outputs)) {
      expected ??= outputs;
      runners.push({ name, session, feeds: own, first: now() - start, fastest: Number.POSITIVE_INFINITY });
    } else {
      await session?.close();
      if (expected === null) return [];
    }
  }
  return runners;
}

async function race(runners: readonly Runner[], { deadline, now }: Limit): Promise<void> {
  const quickest = Math.min(...runners.map(({ first }) => first));
  // All are compared with the first one, which has also met the coldest machine.
  let left = runners.filter(({ first }, i) => i === 0 || first <= HOPELESS_AT_FIRST * quickest);
  // Against nobody there is nothing to win.
  for (let round = 0; round < ROUNDS && left.length > 1; round++) {
    if (now() > deadline) return;
    for (const runner of left) {
      const start = now();
      await runner.session.run(runner.feeds);
      runner.fastest = Math.min(runner.fastest, now() - start);
    }
    const best = Math.min(...left.map(({ fastest }) => fastest));
    left = left.filter(({ fastest }) => fastest <= HOPELESS * best);
  }
}

/** Numbers in [-1, 1) for every input of the ways, by name; made when asked for. */
function feedsOf(ways: readonly TimedWay[]): (name: string) => Tensor {
  const shapes = new Map(
    ways.flatMap(({ graph }) => graph.inputs.map(({ name, shape }) => [name, shape] as const)),
  );
  const made = new Map<string, Tensor>();
  return (name) => {
    const shape = shapes.get(name) ?? [];
    const tensor: Tensor = made.get(name) ?? { dtype: "float32", shape, data: noise(elementCount(shape)) };
    made.set(name, tensor);
    return tensor;
  };
}

function noise(count: number): Float32Array {
  const pattern = new Float32Array(4099);
  let state = 1;
  for (let i = 0; i < pattern.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    pattern[i] = state / 2 ** 31 - 1;
  }
  const data = new Float32Array(count);
  for (let at = 0; at < count; at += pattern.length) data.set(pattern.subarray(0, count - at), at);
  return data;
}

/** Whether outputs are the same, but for rounding. */
function agrees(outputs: Tensors, expected: Tensors): boolean {
  return Object.entries(expected).every(([name, { data: wanted }]) => {
    const data = outputs[name]?.data;
    if (data?.length !== wanted.length) return false;
    let error = 0;
    let norm = 0;
    for (let i = 0; i < wanted.length; i++) {
      error += (Number(data[i]) - Number(wanted[i])) ** 2;
      norm += Number(wanted[i]) ** 2;
    }
    return Math.sqrt(error) <= TOLERANCE * Math.sqrt(norm);
  });
}
