/** Names of TensorBoard's event files. */

const NAME = /^events\.out\.tfevents\.(\d+)\./;

/**
 * Name of a new event file. TensorBoard reads the files of a folder in the order of their names, so the new one comes
 * after those that are there, even if the clock was set back or has not moved.
 *
 * @param present - Names of the files in the folder; others than event files do not matter.
 * @param options - `seconds`: the time, seconds since 1970; `hostname`; `pid`: number of the process; `index`: tells
 * files of one process apart.
 * @example
 * const writer = { seconds: 1700000000.5, hostname: "gpu-7", pid: 42, index: 0 };
 * eventFileName([], writer); // => "events.out.tfevents.1700000000.gpu-7.42.0"
 * eventFileName(["events.out.tfevents.1700000000.gpu-7.41.0"], writer); // => "events.out.tfevents.1700000001.gpu-7.42.0"
 */
export function eventFileName(
  present: readonly string[],
  options: {
    readonly seconds: number;
    readonly hostname: string;
    readonly pid: number;
    readonly index: number;
  },
): string {
  const after = present.map((name) => Number(NAME.exec(name)?.[1] ?? -1) + 1);
  const seconds = after.reduce((a, b) => Math.max(a, b), Math.floor(options.seconds));
  const hostname = options.hostname.replace(/[^\w.-]/gu, "_") || "localhost";
  return `events.out.tfevents.${String(seconds).padStart(10, "0")}.${hostname}.${options.pid}.${options.index}`;
}
