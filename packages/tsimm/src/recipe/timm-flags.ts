/**
 * Flags of timm's train.py that are no argument of training here, each with its fate. Together with the table of
 * arguments they are timm's whole command line: a flag of timm stands in one of the two tables.
 */

/** timm whose flags these are. */
export const TIMM_VERSION = "1.0.29.dev0";

/** A flag of timm that is no argument here. */
export interface TimmFlag {
  /** How many values follow it. */
  readonly takes: "nothing" | "one value" | "values" | "perhaps a value";
  /** timm's default. */
  readonly default: boolean | number | string | readonly number[] | readonly string[] | null;
  /**
   * `no effect`: accepted, and named in one note. `not offered`: refused where it is not at timm's default. `refines`:
   * changes only a flag that is not offered, so that it is accepted without a word.
   */
  readonly fate: "no effect" | "not offered" | "refines";
  /** Why, and what to do instead; "" where there is nothing to do. */
  readonly because: string;
  /** Of an older timm, whose files still name it. */
  readonly old?: true;
  /** Whether a value other than the default changes nothing either. */
  readonly allows?: (value: unknown) => boolean;
}

type Takes = TimmFlag["takes"];
type Default = TimmFlag["default"];

const noEffect = (takes: Takes, fallback: Default, because = ""): TimmFlag => {
  return { takes, default: fallback, fate: "no effect", because };
};
const notOffered = (takes: Takes, fallback: Default, because: string): TimmFlag => {
  return { takes, default: fallback, fate: "not offered", because };
};
const refines = (takes: Takes, fallback: Default): TimmFlag => {
  return { takes, default: fallback, fate: "refines", because: "" };
};
const old = (flag: TimmFlag): TimmFlag => ({ ...flag, old: true });

const ENGINE = "--engine chooses what computes";
const METRICS = "--tensorboard and --metrics-jsonl write the metrics";
const FOLDER = "timm uses it for streamed data sets alone";
const DISTILLATION = "there is no teacher model; train without it";
const SIZES = "every batch has one size; pass --img-size";

/** By the keys of timm's args.yaml. */
export const timmFlags: Readonly<Record<string, TimmFlag>> = {
  amp: noEffect("nothing", false),
  amp_dtype: noEffect("one value", "float16"),
  channels_last: noEffect("nothing", false),
  device: noEffect("one value", "cuda", ENGINE),
  device_modules: noEffect("values", null, ENGINE),
  dist_bn: noEffect("one value", "reduce"),
  fast_norm: noEffect("nothing", false),
  fuser: noEffect("one value", ""),
  grad_checkpointing: noEffect("nothing", false),
  local_rank: noEffect("one value", 0),
  model_dtype: noEffect("one value", null),
  model_ema_force_cpu: noEffect("nothing", false),
  no_ddp_bb: noEffect("nothing", false),
  no_prefetcher: noEffect("nothing", false),
  pin_mem: noEffect("nothing", false),
  sync_bn: noEffect("nothing", false),
  synchronize_step: noEffect("nothing", false),
  torchcompile: noEffect("perhaps a value", null),
  torchcompile_mode: noEffect("one value", null),
  torchscript: noEffect("nothing", false),
  use_multi_epochs_loader: noEffect("nothing", false),
  worker_seeding: noEffect("one value", "all"),

  log_wandb: noEffect("nothing", false, METRICS),
  wandb_project: noEffect("one value", null, METRICS),
  wandb_resume_id: noEffect("one value", "", METRICS),
  wandb_tags: noEffect("values", [], METRICS),

  dataset_download: noEffect("nothing", false, FOLDER),
  dataset_trust_remote_code: noEffect("nothing", false, FOLDER),
  epoch_repeats: noEffect("one value", 0, FOLDER),
  input_key: noEffect("one value", null, FOLDER),
  target_key: noEffect("one value", null, FOLDER),
  train_num_samples: noEffect("one value", null, FOLDER),
  val_num_samples: noEffect("one value", null, FOLDER),

  // Any name without a slash is an image folder for timm.
  dataset: {
    ...notOffered(
      "one value",
      "",
      "folders of images, .tar and .csv files are read; pass one with --data-dir",
    ),
    allows: (value) => typeof value === "string" && !value.includes("/"),
  },
  drop_block: notOffered("one value", null, "there is no DropBlock; --drop-path regularises residual blocks"),
  save_images: notOffered("nothing", false, "batches are not written as images"),

  // More than 1 averages the outputs of validation images that lie side by side, of which each is another image.
  tta: {
    ...notOffered("one value", 0, "it mixes the outputs of different validation images; leave it out"),
    allows: (value) => Number(value) <= 1,
  },

  kd_model_name: notOffered("one value", null, DISTILLATION),
  kd_distill_type: refines("one value", "logit"),
  kd_loss_type: refines("one value", "kl"),
  kd_student_feature_dim: refines("one value", null),
  kd_teacher_feature_dim: refines("one value", null),
  kd_temperature: refines("one value", 4),
  kd_token_distill_type: refines("one value", "soft"),
  distill_loss_weight: refines("one value", null),
  task_loss_weight: refines("one value", null),

  train_img_sizes: notOffered("values", null, SIZES),
  train_batch_sizes: refines("values", null),
  train_batches_per_epoch: refines("one value", null),
  train_size_probs: refines("values", null),
  train_size_random_mix: refines("one value", 0.1),
  train_size_schedule: refines("one value", "constant"),
  train_size_schedule_spread: refines("one value", 0.65),
  variable_batch_loss_scale: refines("one value", "none"),

  naflex_loader: notOffered("nothing", false, SIZES),
  naflex_loss_scale: refines("one value", "linear"),
  naflex_max_seq_len: refines("one value", 576),
  naflex_patch_size_probs: refines("values", null),
  naflex_patch_sizes: refines("values", null),
  naflex_patchify_channels_first: refines("nothing", false),
  naflex_train_seq_lens: refines("values", [128, 256, 576, 784, 1024]),

  amp_impl: old(noEffect("one value", "native")),
  aot_autograd: old(noEffect("nothing", false)),
  apex_amp: old(noEffect("nothing", false)),
  native_amp: old(noEffect("nothing", false)),
  num_gpu: old(noEffect("one value", 1)),
  validation_batch_size_multiplier: old(noEffect("one value", 1, "--validation-batch-size sets it")),
  eval_checkpoint: old(notOffered("one value", "", "it is timm's validate.py that reads a checkpoint alone")),
  bn_tf: old(notOffered("nothing", false, "pass --bn-momentum 0.01 --bn-eps 0.001")),
};

/** timm's other names of keys, by which it reads the arguments that are in the table under their own. */
export const timmKeyAliases: Readonly<Record<string, string>> = { data: "data_dir", jsd: "jsd_loss" };
