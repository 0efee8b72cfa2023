/** The task that is meant where none is named, as in files of earlier versions: plain classification. */
import type { Task } from "./task.ts";

/** Its name. */
export const DEFAULT_TASK = "classification";

/** Whether files need not name a task. */
export function isDefaultTask(name: string, settings: Readonly<Record<string, unknown>>): boolean {
  return name === DEFAULT_TASK && Object.keys(settings).length === 0;
}

/** What an exported file says of its task; undefined: nothing, it is the one that is meant without a word. */
export function taskNote({ name, settings }: Task): Pick<Task, "name" | "settings"> | undefined {
  return isDefaultTask(name, settings) ? undefined : { name, settings };
}
