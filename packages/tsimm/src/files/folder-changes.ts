/** Waits for changes in a folder, on network drives too. */
import { type FSWatcher, watch } from "node:fs";

/** Milliseconds in which a writer finishes: a file is renamed, or a line follows its header. */
const SETTLE = 50;

/** Tells of changes in a folder: at once where the system tells of them, and after a time where it does not. */
export class FolderChanges {
  #folder: string | null = null;
  #watcher: FSWatcher | null = null;
  #isChanged = false;
  #wake: () => void = () => {};

  /**
   * Waits until something in the folder has changed, or the time is over. What changed since the last call counts.
   *
   * @param folder - It need not exist.
   * @param seconds - Longest time; network drives do not tell of changes, and a folder that is missing cannot.
   * @param signal - Ends the waiting.
   */
  async wait(folder: string, seconds: number, signal: AbortSignal): Promise<void> {
    this.#open(folder);
    if (!this.#isChanged) await this.#sleep(1000 * seconds, signal);
    if (this.#isChanged) await this.#sleep(SETTLE, signal);
    this.#isChanged = false;
  }

  /** Stops. */
  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#folder = null;
  }

  /** A folder that was removed and made again is a new one. */
  #open(folder: string): void {
    if (this.#folder === folder && this.#watcher !== null) return;
    this.close();
    try {
      // The folder, as a file that is replaced is another one.
      this.#watcher = watch(folder, () => {
        this.#isChanged = true;
        this.#wake();
      });
      this.#watcher.on("error", () => this.close());
      this.#folder = folder;
    } catch {
      // Missing, or more are watched than the system allows.
    }
  }

  async #sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((done) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        this.#wake = () => {};
        done();
      };
      const timer = setTimeout(end, milliseconds);
      signal.addEventListener("abort", end, { once: true });
      if (!this.#isChanged) this.#wake = end;
    });
  }
}
