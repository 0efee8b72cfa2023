/** A state of a run as timm's `last.pth.tar`. */
import type { OptimizerState } from "../../optim/optimizer.ts";
import type { SafeTensors } from "../../weights/safetensors.ts";
import { type TorchDict, TorchTensor, type TorchValue } from "../../weights/torch/torch-value.ts";
import type { CheckpointTensors } from "../checkpoint.ts";
import type { RunState } from "../run-state.ts";
import { CARRIED, carriedState, lastEpoch } from "./carried.ts";
import { optimizerToTorch } from "./optimizer-to-torch.ts";
import { torchValue } from "./plain-value.ts";

/** Version of timm's checkpoints: `epoch` is the one that is done. */
const VERSION = 2;

/**
 * What timm's train.py takes with `--resume`: weights, average, optimizer, epoch, metric and arguments.
 *
 * The arguments are a dict, which `torch.load` reads with `weights_only`, and carry what timm drops under the key `tsimm`.
 *
 * @param state - Between two epochs.
 * @param options - `optimizer` false: the file has none, and timm's starts anew.
 */
export function timmCheckpoint(
  state: RunState,
  tensors: CheckpointTensors,
  { optimizer: isWanted = true }: { readonly optimizer?: boolean } = {},
): TorchDict {
  const { model, args, ranking, metricHistory } = state;
  const row = metricHistory.at(-1);
  const metric = ranking.of === "training" ? row?.trainLoss : row?.validation?.[ranking.name];
  const optimizer = isWanted ? optimizerOf(state, tensors) : null;
  return new Map<string, TorchValue>([
    ["epoch", lastEpoch(state)],
    ["arch", model.arch],
    ["state_dict", tensorDict(tensors.model)],
    ...(tensors.ema === null ? [] : [["state_dict_ema", tensorDict(tensors.ema)] as const]),
    ...(optimizer === null ? [] : [["optimizer", optimizer] as const]),
    ...(metric === undefined ? [] : [["metric", metric] as const]),
    ["args", torchValue({ ...args, [CARRIED]: carriedState(state) })],
    ["version", VERSION],
  ]);
}

function optimizerOf(state: RunState, tensors: CheckpointTensors): TorchDict | null {
  const shapes = new Map([...tensors.model].map(([name, { shape }]) => [name, shape]));
  const slots = [...tensors.optimizer].flatMap(([name, { data }]) =>
    data instanceof Float32Array ? [[name, data] as const] : [],
  );
  return optimizerToTorch({ ...state.optimizer, groups: steadyGroups(state), slots: new Map(slots) }, shapes);
}

/** The groups, with rates that have no noise of plateau's schedule in them: timm goes on from those that it finds. */
function steadyGroups({ optimizer: { groups }, scheduler }: RunState): OptimizerState["groups"] {
  const { plateau } = scheduler as { readonly plateau?: { readonly restore?: unknown } };
  const rates: unknown = plateau?.restore;
  if (!Array.isArray(rates)) return groups;
  return groups.map(({ params, options }, i) => ({ params, options: { ...options, lr: Number(rates[i]) } }));
}

function tensorDict(tensors: SafeTensors): TorchDict {
  return new Map([...tensors].map(([name, tensor]) => [name, new TorchTensor(tensor)]));
}
