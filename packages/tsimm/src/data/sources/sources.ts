/** The sources by name: those that are built in, and those that a user of the library registers. */
import { createRegistry, type Registry } from "../../registry.ts";
import { csvSource } from "./csv-source.ts";
import { folderSource } from "./folder-source.ts";
import { defineSource, type SourceDefinition } from "./source.ts";
import { tarSource } from "./tar-source.ts";

/** All sources. */
export const sources: Registry<SourceDefinition> = createRegistry("source", {
  builtIn: [folderSource, tarSource, csvSource],
  parameter: "source",
});

/**
 * Adds a source. Of several that recognise the same place the one that was registered last opens it.
 *
 * @param definition - What {@link defineSource} gave.
 * @throws TypeError if it has no name; RangeError if another source has its name.
 * @example
 * registerSource({
 *   name: "grays",
 *   recognises: ({ dataDir }) => dataDir === "grays",
 *   async open() {
 *     const size = { width: 1, height: 1, channels: 1 } as const;
 *     const gray = (level: number) => ({ ...size, data: Uint8Array.of(level) });
 *     return memoryDataset({ images: [gray(0), gray(255)], labels: [0, 1], classNames: ["black", "white"] });
 *   },
 * });
 * const { samples } = await openDataset({ dataDir: "grays", split: "train" });
 * samples.length; // => 2
 */
export function registerSource(definition: SourceDefinition): void {
  sources.register(defineSource(definition));
}

/**
 * Names of the sources, in the order of registration.
 *
 * @example
 * listSources().slice(0, 3); // => ["folder", "tar", "csv"]
 */
export function listSources(): string[] {
  return sources.names();
}
