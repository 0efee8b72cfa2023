/** The files beside a model that hold its tensors. */
import { realpathSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { printable } from "../text/printable.ts";
import { readRegularFileSync } from "./read-file.ts";

/**
 * Reads files in the folder of a model, by their location there.
 *
 * A link is followed where it stays in the folder, or in that of the file that the model's own link leads to, as in
 * the caches of hubs.
 *
 * @param path - The model.
 * @param limit - Largest size of a file in bytes.
 * @returns Reads a location, relative to the folder, with `/` between its parts.
 * @throws Error from what it returns, if there is no such file, or it lies elsewhere.
 */
export function readBeside(path: string, limit: number): (location: string) => Uint8Array {
  const folder = dirname(resolve(path));
  const homes = [realpathSync(folder), dirname(realpathSync(path))];
  return (location) => {
    const file = resolve(folder, ...location.split("/"));
    let real: string;
    try {
      real = realpathSync(file);
    } catch (cause) {
      throw new Error(
        `"${printable(location)}" must be beside "${printable(path)}", which needs it; bring it there`,
        {
          cause,
        },
      );
    }
    if (!homes.some((home) => isInside(home, real))) {
      throw new Error(
        `"${printable(location)}" must lie in the folder of "${printable(path)}", got a link to "${printable(real)}"`,
      );
    }
    return readRegularFileSync(real, { limit });
  };
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && resolve(folder, way) === path;
}
