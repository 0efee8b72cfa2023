/** Chooses by measuring which way each site of a training graph is computed. */
import { type Site, sharedWays, trialGraph, type WayChoices, workPerImage } from "@tsimm/autodiff";
import type { Engine } from "../engine.ts";
import { agreeingWays, type Limit, type TimedWay, timeWays } from "./time-ways.ts";

/** The way that was chosen for a site. */
export interface Choice {
  readonly way: string;
  /** Fastest run of each way in ms; empty: there was no time left, and the way is the fixed one. */
  readonly milliseconds: Readonly<Record<string, number>>;
}

/** Options of {@link chooseWays}. */
export interface ChooseWaysOptions extends Limit {
  /** Threads of the engine; absent: all cores. */
  readonly threads?: number | undefined;
}

/** Multiplications and additions up to which more images are timed at once: a few ms on one core. */
const WORK = 1e9;
/** Images that are timed at least, as far as a batch has them. */
const IMAGES = 8;
/** A way must win by this factor over the fixed one, so that noise does not choose. */
const WORTHWHILE = 1.03;

/**
 * Times the ways of each site on the engine, the sites with most work first.
 *
 * @param sites - Distinct sites of a graph that was not lowered yet.
 * @returns Choice by key of every site.
 */
export async function chooseWays(
  engine: Engine,
  sites: readonly Site[],
  options: ChooseWaysOptions,
): Promise<ReadonlyMap<string, Choice>> {
  const choices = new Map<string, Choice>();
  /** Ways that this processor or runtime does not have. */
  const refused = new Set<string>();
  for (const group of sitesByConvolution(sites)) {
    for (const site of group) choices.set(site.key, await chooseWay(engine, site, refused, options));
    await chooseTogether(engine, group, choices, options);
  }
  return choices;
}

/**
 * The sites whose chosen way the engine does not run, or computes something else by: those of another processor.
 *
 * @param choices - Each one of its site's ways.
 */
export async function sitesThatFail(
  engine: Engine,
  sites: readonly Site[],
  choices: WayChoices,
  threads: number | undefined,
): Promise<readonly Site[]> {
  const failing: Site[] = [];
  for (const site of sites) {
    const way = choices[site.key] ?? site.way;
    if (way === site.way) continue;
    const found = await agreeingWays(engine, trials([site], [site.way, way]), threads);
    if (!found.includes(way)) failing.push(site);
  }
  return failing;
}

async function chooseWay(
  engine: Engine,
  site: Site,
  refused: Set<string>,
  { threads, ...limit }: ChooseWaysOptions,
): Promise<Choice> {
  const others = site.ways.filter((way) => way !== site.way && !refused.has(way));
  if (others.length === 0 || limit.now() > limit.deadline) return { way: site.way, milliseconds: {} };
  const times = await timeWays(engine, trials([site], [site.way, ...others]), threads, limit);
  for (const way of others) if (!times.has(way)) refused.add(way);
  const timed = [...times].filter(([, time]) => Number.isFinite(time));
  return { way: fastest(times, site.way), milliseconds: Object.fromEntries(timed) };
}

/** A convolution and its gradient by the filters may both take a way whose work they share. */
async function chooseTogether(
  engine: Engine,
  group: readonly Site[],
  choices: Map<string, Choice>,
  { threads, ...limit }: ChooseWaysOptions,
): Promise<void> {
  const sharing = group.filter(({ part }) => part !== "input");
  const chosen = sharing.map(({ key }) => choices.get(key)?.way ?? "");
  for (const shared of sharing.length < 2 ? [] : sharedWays) {
    if (!sharing.every(({ ways }) => ways.includes(shared)) || limit.now() > limit.deadline) continue;
    if (chosen.every((way) => way === shared)) return;
    const times = sharing.map(({ key }) => choices.get(key)?.milliseconds ?? {});
    const apart = times.reduce((sum, of, i) => sum + (of[chosen[i] ?? ""] ?? Number.POSITIVE_INFINITY), 0);
    const least = Math.max(...times.map((of) => of[shared] ?? Number.POSITIVE_INFINITY));
    if (!(least < apart)) continue;
    const ways = { apart: chosen, together: chosen.map(() => shared) };
    const isFixed = sharing.every(({ way }) => way === shared);
    const names = isFixed ? (["together", "apart"] as const) : (["apart", "together"] as const);
    const graphs = names.map((name) => ({ name, graph: trial(sharing, ways[name]) }));
    const [first] = names;
    if (fastest(await timeWays(engine, graphs, threads, limit), first) !== "together") continue;
    for (const [i, { key }] of sharing.entries()) {
      choices.set(key, { way: shared, milliseconds: times[i] ?? {} });
    }
    return;
  }
}

/** The fastest way; the fixed one where none is faster by more than noise. */
function fastest(times: ReadonlyMap<string, number>, fixed: string): string {
  const [[name, time] = [fixed, 0]] = [...times].sort(([, a], [, b]) => a - b);
  const ofFixed = times.get(fixed) ?? 0;
  return Number.isFinite(time) && ofFixed > WORTHWHILE * time ? name : fixed;
}

/** Sites of the same convolution together, those with most work first. */
function sitesByConvolution(sites: readonly Site[]): readonly (readonly Site[])[] {
  const groups = new Map<string, Site[]>();
  for (const site of sites) {
    const key = JSON.stringify(site.shapes);
    groups.set(key, [...(groups.get(key) ?? []), site]);
  }
  const work = (group: readonly Site[]) =>
    group.reduce((sum, site) => sum + site.count * workPerImage(site), 0);
  return [...groups.values()].sort((a, b) => work(b) - work(a));
}

function trials(sites: readonly Site[], ways: readonly string[]): readonly TimedWay[] {
  return ways.map((name) => ({ name, graph: trial(sites, [name]) }));
}

/** Sites computed by one way each; of a large batch only a part. */
function trial(sites: readonly Site[], ways: readonly string[]) {
  const [site] = sites;
  const [batchSize = 1] = site?.shapes.x ?? [];
  const fitting = site === undefined ? 0 : Math.floor(WORK / workPerImage(site));
  const choices = Object.fromEntries(sites.map(({ key, way }, i) => [key, ways[i] ?? way]));
  return trialGraph(sites, choices, { batchSize: Math.min(batchSize, Math.max(IMAGES, fitting)) });
}
