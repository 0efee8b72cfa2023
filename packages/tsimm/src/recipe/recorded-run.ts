/** Configuration files that a run has written, timm's or ours: all of its settings, and some that are its own. */
import { CARRIED } from "../checkpoint/timm/carried.ts";
import { printable } from "../text/printable.ts";
import { ARGS_YAML_KEYS } from "./args-yaml.ts";
import { separated, type TrainArguments, trainFlagRows } from "./arguments.ts";
import { learningRate } from "./learning-rate.ts";
import { resolveArguments } from "./resolve-arguments.ts";
import { saysNothing } from "./says-nothing.ts";
import { TIMM_VERSION, timmFlags, timmKeyAliases } from "./timm-flags.ts";

/** A file with as many known keys was written by a program, not by hand. */
const KEYS_OF_RECORD = 60;
/** timm's own has as many of its keys that are no argument here. */
const KEYS_OF_TIMM = 30;

/** Keys of the run that wrote a file: where it was, what it went on from. */
const OF_THAT_RUN: readonly string[] = ["experiment", "output", "resume", "start_epoch"];

/** Keys that files of ours carry through timm; they set no argument. */
export const CARRIED_KEYS: readonly string[] = [CARRIED, ...Object.values(ARGS_YAML_KEYS)];

/** A file's settings for another run. */
export interface RecordedSettings {
  readonly content: Readonly<Record<string, unknown>>;
  /** Keys that are left out, for people. */
  readonly notes: readonly string[];
}

/**
 * The settings in a file for another run: without the places of the run that wrote it, which nobody else is to write to,
 * and, of a newer timm, without keys that are not known here.
 *
 * @param content - The file; returned as it is where it was written by hand.
 */
export function recordedSettings(content: Readonly<Record<string, unknown>>): RecordedSettings {
  const args = new Set(trainFlagRows().map(([name]) => separated(name, "_")));
  const set = Object.keys(content).filter((key) => !saysNothing(content[key]));
  const isTimms = (key: string) =>
    !args.has(key) && (Object.hasOwn(timmFlags, key) || Object.hasOwn(timmKeyAliases, key));
  const ofTimm = Object.keys(content).filter(isTimms);
  const known = Object.keys(content).filter((key) => args.has(key)).length + ofTimm.length;
  if (known < KEYS_OF_RECORD) return { content, notes: [] };
  const places = set.filter((key) => OF_THAT_RUN.includes(key));
  const unknown = set.filter((key) => !args.has(key) && !isTimms(key) && !CARRIED_KEYS.includes(key));
  const later = ofTimm.length < KEYS_OF_TIMM ? [] : unknown;
  const left = [...places, ...later];
  const notes = [
    ...(places.length > 0 ? [`${places.join(", ")} (of the run that wrote the file)`] : []),
    ...(later.length > 0 ? [`${printable(later.join(", "))} (not known in timm ${TIMM_VERSION})`] : []),
  ];
  const rest = Object.entries(content).filter(([key]) => !left.includes(key));
  return { content: Object.fromEntries(rest), notes };
}

/** Whether a file is the `args.yaml` that timm's train.py writes, not one of ours. */
export function isRecordOfTimm(content: Readonly<Record<string, unknown>>): boolean {
  const args = new Set(trainFlagRows().map(([name]) => separated(name, "_")));
  const ofTimm = Object.keys(content).filter((key) => !args.has(key) && Object.hasOwn(timmFlags, key));
  return ofTimm.length >= KEYS_OF_TIMM;
}

/**
 * Arguments without what `args.yaml` holds for timm alone: a rate that follows from the batch size beside it, and the size
 * of the images as an option of the model. Both are derived anew, perhaps from other flags.
 *
 * @param given - The arguments in a file.
 * @param content - The file.
 */
export function withoutDerived(
  given: Partial<TrainArguments>,
  content: Readonly<Record<string, unknown>>,
): Partial<TrainArguments> {
  const { lr, modelKwargs, inputSize, imgSize } = given;
  // Edited by hand, or written by timm for more processes, it is a rate that was given.
  const isDerived =
    content[ARGS_YAML_KEYS.lrDerived] === true &&
    learningRate({ ...resolveArguments(given), lr: null }).lr === lr;
  const size = inputSize?.[1] ?? imgSize ?? null;
  const { img_size: ofModel, ...others } = modelKwargs ?? {};
  const isTold = size !== null && ofModel === size;
  const rest = Object.keys(others).length === 0 ? null : others;
  return { ...given, ...(isDerived ? { lr: null } : {}), ...(isTold ? { modelKwargs: rest } : {}) };
}
