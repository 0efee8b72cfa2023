/** Whether a run is one that timm can go on with. */
import { join } from "node:path";
import { readConfiguration } from "../read-configuration.ts";
import { resolveArguments } from "../resolve-arguments.ts";
import { timmDifferences } from "../timm-differences.ts";

/**
 * Whether timm has the task, the optimizer and a reader for the images of a run.
 *
 * @param folder - Folder of a run of `tsimm train`; false for one without a file of arguments.
 */
export async function canHandOff(folder: string): Promise<boolean> {
  const configuration = await readConfiguration(join(folder, "args.yaml")).catch(() => null);
  if (configuration === null) return false;
  const args = resolveArguments(configuration.given);
  return timmDifferences(args).every(({ fate }) => fate !== "stops");
}
