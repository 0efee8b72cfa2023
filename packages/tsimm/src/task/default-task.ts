/** The task that is meant where none is named, as in files of earlier versions: plain classification. */

/** Its name. */
export const DEFAULT_TASK = "classification";

/** Whether files need not name a task. */
export function isDefaultTask(name: string, settings: Readonly<Record<string, unknown>>): boolean {
  return name === DEFAULT_TASK && Object.keys(settings).length === 0;
}
