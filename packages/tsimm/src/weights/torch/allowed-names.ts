/**
 * Names that a pickle may use: PyTorch's own list for `weights_only=True`, and `argparse.Namespace`, which timm's
 * checkpoints hold and timm allows too.
 */
import { calledNames } from "./called-names.ts";
import { AllowedName } from "./pickle-item.ts";
import { notCalled, parameter } from "./rebuilt-tensors.ts";
import { DTYPES, STORAGE_TYPES } from "./storage-types.ts";
import { shown, TorchFileError } from "./torch-file-error.ts";

/** Rooms of PyTorch that have classes of storages and of tensors. */
const TORCH = /^torch(\.cuda|\.storage)?$/;

/** Modules whose classes are those of whole models. */
const MODELS =
  /^(torch\.nn\.modules|torchvision\.models|timm\.(models|layers)|transformers\.models|ultralytics\.nn)\./;

/**
 * What a name stands for: a function of ours, or the name itself for a constant as `torch.float16`.
 *
 * @param module - `torch._utils`, ...
 * @param name - `_rebuild_tensor_v2`, ...
 * @throws TorchFileError that says the full name of one that is not allowed.
 */
export function allowedName(module: string, name: string): AllowedName | string {
  const full = `${module === "__builtin__" ? "builtins" : module}.${name}`;
  const call = calledNames.get(full);
  if (call !== undefined) return new AllowedName(full, call);
  if (module === "torch" && DTYPES.has(name)) return full;
  if (TORCH.test(module)) {
    if (STORAGE_TYPES.has(name)) return new AllowedName(full, notCalled);
    // Tensors of PyTorch before 0.4 name their class.
    if (STORAGE_TYPES.has(name.replace(/Tensor$/, "Storage"))) return new AllowedName(full, parameter);
  }
  throw new TorchFileError(refusal(full));
}

function refusal(full: string): string {
  const what = MODELS.test(full)
    ? ": a whole model was saved, and to build it is to run its code"
    : ", which is no tensor, number, text or container, and to build it could run code";
  return `it names ${shown(full)}${what}; in Python save the weights alone: torch.save(model.state_dict(), "weights.pth")`;
}
