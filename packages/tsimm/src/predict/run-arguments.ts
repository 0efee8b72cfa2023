/** The arguments of the run that a file of weights lies in. */
import { dirname, join } from "node:path";
import { RESUME_SUFFIX, readCheckpointHeader } from "../checkpoint/checkpoint.ts";
import type { TrainArguments } from "../recipe/arguments.ts";
import { fromKeys, readConfiguration } from "../recipe/read-configuration.ts";

/**
 * Reads the arguments of a run from the `.resume.safetensors` file beside the weights, or else from the `args.yaml` of the
 * folder.
 *
 * @param path - A file of a run.
 * @returns Nothing for a file that lies in no run, or whose run says nothing that is understood.
 */
export async function runArguments(path: string): Promise<Partial<TrainArguments>> {
  const state = path.replace(/(\.ema|\.resume)?\.safetensors$/, RESUME_SUFFIX);
  if (state.endsWith(RESUME_SUFFIX)) {
    const args = await readCheckpointHeader(state).then(
      (header) => fromKeys(header.state.args).given,
      () => null,
    );
    if (args !== null) return args;
  }
  return await readConfiguration(join(dirname(path), "args.yaml")).then(
    ({ given }) => given,
    () => ({}),
  );
}
