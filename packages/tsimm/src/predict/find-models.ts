/** Finds the files of trained models behind a path: a file, a run, a folder of either. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { naturalSortSet } from "../text/natural-sort.ts";
import { printable } from "../text/printable.ts";
import { isTorchName } from "../weights/weights-file-name.ts";

/** Files of trained models. */
export interface FoundModels {
  /** `one`: the path itself; `run`: the best one of a run's folder; `several`: all of a folder. */
  readonly kind: "one" | "run" | "several";
  /** At least one, in natural order of their names. */
  readonly files: readonly string[];
}

/** The model of a run, the best one first: a run that has not finished its first epoch has none. */
const BEST = [
  ...["model_best.safetensors", "last.safetensors", "model.onnx"],
  // A run of timm's.
  ...["model_best.pth.tar", "last.pth.tar"],
];
/** Of a run whose best weights are a moving average: the file with the plain ones too. */
const WITH_PLAIN = ["model_best.ema.safetensors", "model_best.resume.safetensors"];
/** Files that a folder of a run has, and other folders have not. */
const OF_RUNS = ["args.yaml", "last.resume.safetensors"];

/**
 * Finds the files of trained models.
 *
 * A folder with `args.yaml` or `last.resume.safetensors` is that of a run. Of another folder all `.safetensors` and
 * `.onnx` files and those of PyTorch count, and the best one of each run in it; a moving average beside its plain weights counts with them.
 *
 * @param where - Command named in errors.
 * @param path - File or folder.
 * @param options - `noEma`: of a run, the file that holds the plain weights.
 * @throws Error if there is none.
 */
export async function findModels(
  where: string,
  path: string,
  { noEma = false }: { readonly noEma?: boolean } = {},
): Promise<FoundModels> {
  const kind = await stat(path).catch(() => null);
  if (kind === null) throw new Error(printable(`${where}: --checkpoint must exist, got "${path}"`));
  if (!kind.isDirectory()) return { kind: "one", files: [path] };
  const names = await readdir(path);
  if (OF_RUNS.some((name) => names.includes(name))) {
    const best = bestOf(names, noEma);
    if (best !== undefined) return { kind: "run", files: [join(path, best)] };
    throw new Error(
      printable(
        `${where}: --checkpoint must be a run with weights, got "${path}", which has none yet; go on with: npx tsimm train --resume "${path}"`,
      ),
    );
  }
  const files = await Promise.all(
    naturalSortSet(names).map((name) => modelsOf(path, name, { names, noEma })),
  );
  const found = files.flat();
  if (found.length === 0) {
    throw new Error(
      printable(
        `${where}: --checkpoint must be a .safetensors or .onnx file, one of PyTorch, the folder of a run, or one with such files, got "${path}" without any`,
      ),
    );
  }
  return { kind: "several", files: found };
}

/** File of a run's best weights; undefined: there is none yet. */
function bestOf(names: readonly string[], noEma: boolean): string | undefined {
  if (noEma && WITH_PLAIN.every((name) => names.includes(name))) return WITH_PLAIN.at(-1);
  return BEST.find((name) => names.includes(name));
}

async function modelsOf(
  folder: string,
  name: string,
  { names, noEma }: { readonly names: readonly string[]; readonly noEma: boolean },
): Promise<string[]> {
  const path = join(folder, name);
  if (name.startsWith(".")) return [];
  if (name.endsWith(".onnx") || isTorchName(name)) return [path];
  const plain = name.replace(/\.(ema|resume)\.safetensors$/, ".safetensors");
  if (name.endsWith(".safetensors")) return name !== plain && names.includes(plain) ? [] : [path];
  const inside: readonly string[] = await readdir(path).catch(() => []);
  const isRun = OF_RUNS.some((one) => inside.includes(one));
  const best = isRun ? bestOf(inside, noEma) : undefined;
  return best === undefined ? [] : [join(path, best)];
}
