/** The task that a file names. */
import type { TaskNote } from "../models/onnx-file.ts";
import { DEFAULT_TASK } from "../task/default-task.ts";
import type { Task } from "../task/task.ts";
import { findTask, listTasks } from "../task/tasks.ts";
import { printable } from "../text/printable.ts";
import { suggestion } from "../text/suggestion.ts";

/** More are a damaged file. */
const MOST_OUTPUTS = 1_000_000;

/**
 * Makes the task of an exported model.
 *
 * @param note - What the file says of it; absent: plain classification.
 * @param names - Names of the classes or outputs; outputs beyond them are called by their number.
 * @param outputs - Numbers that the model gives for an image.
 * @throws RangeError if no task of that name is registered, or the file's settings do not fit it.
 */
export function taskOfFile(note: TaskNote | undefined, names: readonly string[], outputs: number): Task {
  const { name, settings } = note ?? { name: DEFAULT_TASK, settings: {} };
  const known = listTasks();
  if (!known.includes(name)) {
    throw new RangeError(
      printable(
        `loadClassifier: task of the file must be one of ${known.join(", ")}, or one that registerTask has made known, got "${name}"${suggestion(name, known)}`,
      ),
    );
  }
  if (!(outputs >= 1 && outputs <= MOST_OUTPUTS)) {
    throw new RangeError(
      `loadClassifier: the model must give 1 to ${MOST_OUTPUTS} numbers for an image, got ${outputs}`,
    );
  }
  if (names.length > outputs) {
    throw new RangeError(
      `loadClassifier: class_names of the file must be of the model's ${outputs} outputs, got ${names.length}`,
    );
  }
  const outputNames = Array.from({ length: outputs }, (_, index) => names[index] ?? String(index));
  return findTask("loadClassifier", name).create({ outputNames }, settings);
}
