/** Weights of a file, averaged where there is an average, as timm takes them. */
import { readWeightsFile, type WeightsFile } from "../weights/read-weights-file.ts";
import type { SafeTensors } from "../weights/safetensors.ts";
import type { TorchValue } from "../weights/torch/torch-value.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { describeState, parseWeightsEntry, type WeightsDescription } from "./weights-description.ts";

/** Weights that were read. */
export interface ReadWeights {
  /** State dict of the model. */
  readonly tensors: SafeTensors;
  /** Model, task and preprocessing; null: the file does not say. */
  readonly description: WeightsDescription | null;
  /** Arguments of the script that wrote a checkpoint of PyTorch; absent: the file is none, null: it has none. */
  readonly args?: TorchValue;
  /** Whether the weights are a moving average. */
  readonly average: boolean;
  /** The file that holds them. */
  readonly path: string;
}

/**
 * Reads a `<role>.safetensors`, `<role>.ema.safetensors` or `<role>.resume.safetensors` file of a run, or any other
 * file of weights, PyTorch's too. Where there is a moving average, in the file or in `<role>.ema.safetensors` beside it, that is read.
 *
 * @param options - `average`: false reads the plain weights.
 * @throws Error if the file cannot be read, or holds the average alone and the plain weights are asked for.
 */
export async function readWeights(
  path: string,
  { average = true }: { readonly average?: boolean } = {},
): Promise<ReadWeights> {
  const { tensors, entry, torch } = await readFile(path, average);
  if (torch !== undefined) {
    return { tensors, description: null, args: torch.args, average: torch.average, path };
  }
  const { weights, sha256 } = entry;
  if (sha256 !== undefined) {
    const { state, tensors: parts } = await readCheckpoint(path);
    const averaged = average ? parts.ema : null;
    const description = describeState(state);
    return { tensors: averaged ?? parts.model, description, average: averaged !== null, path };
  }
  const description = parseWeightsEntry(entry);
  if (weights === "ema") {
    if (!average) {
      throw new Error(
        `"${path}" must hold plain weights, got the moving average; the plain ones are in "${plainBeside(path)}"`,
      );
    }
    return { tensors, description, average: true, path };
  }
  const beside = path.replace(/\.safetensors$/, ".ema.safetensors");
  const averaged = average && beside !== path ? await averageOf(entry, beside) : null;
  return averaged ?? { tensors, description, average: false, path };
}

interface Entry {
  readonly weights?: unknown;
  readonly epoch?: unknown;
  readonly arch?: unknown;
  readonly sha256?: unknown;
}

async function readFile(
  path: string,
  average: boolean,
): Promise<Pick<WeightsFile, "tensors" | "torch"> & { readonly entry: Entry }> {
  const { metadata, ...file } = await readWeightsFile(path, { average });
  const entry: unknown = JSON.parse(metadata["tsimm"] ?? "null");
  return { ...file, entry: typeof entry === "object" && entry !== null ? entry : {} };
}

/** The average in a file, if it is there and belongs to these weights. */
async function averageOf({ arch, epoch }: Entry, path: string): Promise<ReadWeights | null> {
  const file = await readFile(path, true).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  const fits = file !== null && file.entry.arch === arch && file.entry.epoch === epoch;
  if (!fits) return null;
  return { tensors: file.tensors, description: parseWeightsEntry(file.entry), average: true, path };
}

function plainBeside(path: string): string {
  return path.endsWith(".ema.safetensors")
    ? path.replace(/\.ema\.safetensors$/, ".safetensors")
    : path.replace(/\.safetensors$/, ".resume.safetensors");
}
