/** The task of files that name none, as those of earlier versions: plain classification. */
import type { Task } from "./task.ts";

/** Its name. */
export const DEFAULT_TASK = "classification";

/** Whether files need not name a task. */
export function isDefaultTask(name: string, settings: Readonly<Record<string, unknown>>): boolean {
  return name === DEFAULT_TASK && Object.keys(settings).length === 0;
}

/** Entry of a task in an exported file; undefined: none, it is the default task. */
export function taskNote({ name, settings }: Task): Pick<Task, "name" | "settings"> | undefined {
  return isDefaultTask(name, settings) ? undefined : { name, settings };
}
