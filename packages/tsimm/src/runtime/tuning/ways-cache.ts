/** Chosen ways on disk: a file for each site. */
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { readRegularFile } from "../../files/read-file.ts";
import { writeFileWhole } from "../../files/write-file.ts";
import type { Choice } from "./choose-ways.ts";

/** What a choice holds for; another machine, runtime or version has its own. */
export interface WaysScope {
  /** Model and features of the processor. */
  readonly processor: string;
  /** Name and version of the runtime. */
  readonly runtime: string;
  /** Threads of one operator. */
  readonly threads: number;
  /** Version of the ways. */
  readonly version: number;
}

/** A site, as the cache knows it. */
export interface CachedSite {
  readonly key: string;
  /** Names of the ways to choose from. */
  readonly ways: readonly string[];
}

/** A file is a few hundred bytes. */
const LIMIT = 65_536;

const entrySchema = z.strictObject({
  processor: z.string(),
  runtime: z.string(),
  threads: z.number(),
  version: z.number(),
  key: z.string(),
  ways: z.array(z.string()),
  way: z.string(),
  milliseconds: z.record(z.string(), z.number()),
});

type Entry = z.infer<typeof entrySchema>;

/** The choices of a folder for one scope. */
export class WaysCache {
  readonly #folder: string;
  readonly #scope: WaysScope;

  /** @param folder - May not exist yet. */
  constructor(folder: string, scope: WaysScope) {
    this.#folder = join(folder, digest(JSON.stringify(scope)).slice(0, 16));
    this.#scope = scope;
  }

  /** The way chosen for a site; null if there is none, or its file is not what was written for it. */
  async read(site: CachedSite): Promise<string | null> {
    const bytes = await readRegularFile(this.#path(site), { limit: LIMIT }).catch(() => null);
    if (bytes === null) return null;
    const found = parsed(bytes.toString("utf8"));
    if (found === null || !site.ways.includes(found.way)) return null;
    const { way, milliseconds: _, ...of } = found;
    return isDeepStrictEqual(of, this.#of(site)) ? way : null;
  }

  /**
   * Keeps a choice, unless another process has kept one meanwhile.
   *
   * @returns The way that is kept.
   * @throws WriteError, or the file system's error where the folder cannot be made.
   */
  async keep(site: CachedSite, choice: Choice): Promise<string> {
    const kept = await this.read(site);
    if (kept !== null) return kept;
    await mkdir(this.#folder, { recursive: true });
    const text = JSON.stringify({ ...this.#of(site), ...choice }, null, 2);
    await writeFileWhole(this.#path(site), `${text}\n`);
    return choice.way;
  }

  #path({ key }: CachedSite): string {
    return join(this.#folder, `${digest(key).slice(0, 24)}.json`);
  }

  #of({ key, ways }: CachedSite): Omit<Entry, keyof Choice> {
    return { ...this.#scope, key, ways: [...ways] };
  }
}

function parsed(text: string): Entry | null {
  try {
    return entrySchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
