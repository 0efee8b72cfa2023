/** Shows a run: plain lines, or a progress bar with rate and time left on a terminal. */
import { clearLine, cursorTo } from "node:readline";
import { Presets, SingleBar } from "cli-progress";
import { scientific, significant } from "../listeners/log-format.ts";
import { type LogLine, LogLines } from "../listeners/log-lines.ts";
import { duration } from "../listeners/run-clock.ts";
import { printable } from "../text/printable.ts";
import type { BatchEvaluated, TrainingEvent, UpdateDone } from "../train/events.ts";

/** Writes the events of a run to a stream, and holds the terminal's cursor while a bar is shown. */
export interface TerminalLog {
  /** Shows an event. */
  show(event: TrainingEvent): void;
  /** Shows a line of its own. */
  line(text: string): void;
  /** Takes the bar away and shows the cursor again. */
  close(): void;
}

/** Shows a run in the way that fits the stream: with a bar on a terminal, else all lines. */
export function terminalLog(stream: NodeJS.WriteStream): TerminalLog {
  return stream.isTTY ? barLog(stream) : lineLog(stream);
}

function lineLog(stream: NodeJS.WritableStream): TerminalLog {
  const lines = new LogLines();
  const line = (text: string) => void stream.write(`${oneLine(text)}\n`);
  return {
    show(event) {
      for (const one of lines.linesOf(event)) line(textOf(one));
    },
    line,
    close() {},
  };
}

function barLog(stream: NodeJS.WriteStream): TerminalLog {
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
  const lines = new LogLines();
  const countdown = new Countdown();
  let shown = "";
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
  const progress = (phase: string, [done, total]: readonly [number, number], payload: Payload) => {
    if (phase !== shown) {
      stop();
      bar.start(total, 0, payload);
      shown = phase;
    }
    bar.update(done, payload);
    if (done >= total) stop();
  };
  return {
    show(event) {
      for (const one of lines.linesOf(event)) if (one.level !== "interval") line(textOf(one));
      if (event.type === "updateDone") {
        countdown.set(lines.secondsLeft(event));
        const payload = trainPayload(event, lines.imagesPerSecond, countdown);
        progress(`train ${event.epoch}`, [event.index + 1, event.updatesPerEpoch], payload);
      } else if (event.type === "batchEvaluated") {
        const payload = testPayload(event, lines.imagesPerSecond, countdown);
        progress(`${event.weights} ${event.epoch}`, [event.index + 1, event.batches], payload);
      }
    },
    line,
    close: stop,
  };
}

function textOf({ level, text }: LogLine): string {
  return level === "warning" ? `WARNING: ${text}` : text;
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

type Payload = Readonly<Record<"title" | "detail" | "speed" | "left", string>>;

function trainPayload(
  { epoch, epochs, meanLoss, lr }: UpdateDone,
  imagesPerSecond: number,
  countdown: Countdown,
): Payload {
  return {
    title: `Train ${epoch} (${epoch + 1}/${epochs})`,
    detail: `loss ${significant(meanLoss)} | lr ${scientific(lr)}`,
    speed: imagesPerSecond.toFixed(0),
    left: timeLeft(countdown),
  };
}

function testPayload(
  { epoch, epochs, means }: BatchEvaluated,
  imagesPerSecond: number,
  countdown: Countdown,
): Payload {
  return {
    title: epoch === null ? "Test " : `Test  ${epoch} (${epoch + 1}/${epochs})`,
    detail: `loss ${significant(means.loss)}`,
    speed: imagesPerSecond.toFixed(0),
    left: timeLeft(countdown),
  };
}

function timeLeft({ secondsLeft }: Countdown): string {
  return secondsLeft === null ? "" : ` | ${duration(secondsLeft)} left`;
}
