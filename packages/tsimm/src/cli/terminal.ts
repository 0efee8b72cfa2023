/** Shows what training says: plain lines, or a progress bar with rate and time left on a terminal. */
import { clearLine, cursorTo } from "node:readline";
import { Presets, SingleBar } from "cli-progress";
import { scientific, significant } from "../listeners/log-format.ts";
import type { Progress, Reporter } from "../listeners/reporter.ts";
import { duration } from "../listeners/run-clock.ts";
import { printable } from "../text/printable.ts";

/** A reporter that writes to a stream, and holds the terminal's cursor while a bar is shown. */
export interface TerminalReporter extends Reporter {
  /** Takes the bar away and shows the cursor again. */
  close(): void;
}

/** The reporter that fits the stream: {@link lineReporter} or {@link barReporter}. */
export function terminalReporter(stream: NodeJS.WriteStream): TerminalReporter {
  return stream.isTTY ? barReporter(stream) : lineReporter(stream);
}

function lineReporter(stream: NodeJS.WritableStream): TerminalReporter {
  const line = (text: string) => void stream.write(`${oneLine(text)}\n`);
  return { info: line, interval: line, warn: (text) => line(`WARNING: ${text}`), progress() {}, close() {} };
}

function barReporter(stream: NodeJS.WriteStream): TerminalReporter {
  const bar = new SingleBar(
    {
      stream,
      format: "{title} {bar} {value}/{total} | {detail} | {speed} images/s{left}",
      clearOnComplete: true,
      hideCursor: true,
      barsize: 24,
    },
    Presets.shades_classic,
  );
  let shown = "";
  const countdown = new Countdown();
  const stop = () => {
    if (shown !== "") bar.stop();
    shown = "";
  };
  const line = (text: string) => {
    if (shown !== "") {
      clearLine(stream, 0);
      cursorTo(stream, 0);
    }
    stream.write(`${oneLine(text)}\n`);
    if (shown !== "") bar.render();
  };
  return {
    info: line,
    interval() {},
    warn: (text) => line(`WARNING: ${text}`),
    progress(progress) {
      const phase = `${progress.phase} ${progress.epoch}`;
      if (phase !== shown) {
        stop();
        bar.start(progress.total, 0, payload(progress, countdown));
        shown = phase;
      }
      countdown.set(progress.secondsLeft);
      bar.update(progress.done, payload(progress, countdown));
      if (progress.done >= progress.total) stop();
    },
    close: stop,
  };
}

/** Names in a line can hold control characters; only tabs are ours. */
function oneLine(text: string): string {
  return text.split("\t").map(printable).join("\t");
}

/** The end of the run by the last estimate. */
class Countdown {
  #end: number | null = null;

  /** Takes an estimate; null leaves the last one. */
  set(secondsLeft: number | null): void {
    if (secondsLeft !== null) this.#end = performance.now() + 1000 * secondsLeft;
  }

  get secondsLeft(): number | null {
    return this.#end === null ? null : Math.max(0, (this.#end - performance.now()) / 1000);
  }
}

function payload(progress: Progress, { secondsLeft }: Countdown): Record<string, string> {
  const { phase, epoch, epochs, loss, lr, imagesPerSecond } = progress;
  return {
    left: secondsLeft === null ? "" : ` | ${duration(secondsLeft)} left`,
    title: `${phase === "train" ? "Train" : "Test "} ${epoch + 1}/${epochs}`,
    detail: `loss ${significant(loss)}${lr === null ? "" : ` | lr ${scientific(lr)}`}`,
    speed: imagesPerSecond.toFixed(0),
  };
}
