/** Errors of files of PyTorch. */
import { printable } from "../../text/printable.ts";

/** Characters shown of a text of the file. */
const MOST_SHOWN = 100;

/** A file of PyTorch that is not read. */
export class TorchFileError extends Error {
  /** The reason, to be put behind the file's name: "it names posix.system, …". */
  readonly reason: string;

  constructor(reason: string) {
    super(`decodeTorchFile: the file is not read: ${reason}`);
    this.name = "TorchFileError";
    this.reason = reason;
  }
}

/** The error for a file that does not hold what its format asks for. */
export function damaged(problem: string): TorchFileError {
  return new TorchFileError(`it is damaged or not a file of PyTorch: ${problem}`);
}

/** Text of the file in an error: printable, and not longer than a line or two. */
export function shown(text: string): string {
  return printable(text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);
}
