/** A state of a run as timm's `last.pth.tar`. */
import type { SchedulerState } from "@tsimm/scheduler";
import type { OptimizerState } from "../../optim/optimizer.ts";
import type { SafeTensors } from "../../weights/safetensors.ts";
import {
  PythonFloat,
  type TorchDict,
  TorchTensor,
  type TorchValue,
} from "../../weights/torch/torch-value.ts";
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
    ...(metric === undefined ? [] : [["metric", new PythonFloat(metric)] as const]),
    ["args", torchValue({ ...args, [CARRIED]: carriedState(state) })],
    ["version", VERSION],
  ]);
}

function optimizerOf(state: RunState, tensors: CheckpointTensors): TorchDict | null {
  const shapes = new Map([...tensors.model].map(([name, { shape }]) => [name, shape]));
  const slots = [...tensors.optimizer].flatMap(([name, { data }]) =>
    data instanceof Float32Array ? [[name, data] as const] : [],
  );
  return optimizerToTorch(
    { ...state.optimizer, groups: groupsForTimm(state), slots: new Map(slots) },
    shapes,
  );
}

/**
 * The groups as timm's schedule finds them. It begins at their base rates: behind its warm-up that of plateau stays there, so
 * that they must be the rates in use, without the noise of the present epoch.
 */
function groupsForTimm(state: RunState): OptimizerState["groups"] {
  const { groups } = state.optimizer;
  const { plateau, options = {} } = state.scheduler as Partial<SchedulerState>;
  const warmup = Number(options["warmupT"] ?? 0);
  if (plateau === undefined || (warmup > 0 && lastEpoch(state) + 1 <= warmup)) return groups;
  return groups.map(({ params, options }, i) => {
    const lr = plateau.restore?.[i] ?? Number(options["lr"]);
    return { params, options: { ...options, lr, initialLr: lr / Number(options["lrScale"] ?? 1) } };
  });
}

function tensorDict(tensors: SafeTensors): TorchDict {
  return new Map([...tensors].map(([name, tensor]) => [name, new TorchTensor(tensor)]));
}
