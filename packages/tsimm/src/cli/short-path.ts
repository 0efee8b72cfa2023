/** Paths as people read them. */
import { relative } from "node:path";

/** Relative to the working folder if it lies in it. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === "" || short.startsWith("..") ? path : short;
}
