/** The runs of a session: commands to the worker, and what it reports. */
import { computed, onBeforeUnmount, onMounted, type Ref, ref, shallowRef, triggerRef } from "vue";
import { saveFile } from "../components/save-file.ts";
import type { EngineDescription, ModelFormat, Report } from "./messages.ts";
import { RunRecord } from "./run-record.ts";

import { startTrainer, type Trainer } from "./trainer.ts";
import { type PlannedRates, SERIES_COLORS } from "./training-figure.ts";
import type { TrainingImages } from "./training-images.ts";
import { describeChange, planTraining, type TrainingSettings } from "./training-settings.ts";

/** Images of a run and what they are called. */
export interface NamedImages {
  readonly name: string;
  readonly images: TrainingImages;
}

/** State of the page. */
export type TrainingStatus =
  | "loading"
  | "ready"
  | "opening"
  | "training"
  | "stopping"
  | "stopped"
  | "finished"
  | "failed";

/** Images in an update; few images make smaller ones, for so many updates in an epoch. */
const BATCH_SIZE = { least: 8, most: 32, updates: 8 };
/** Validation images that are shown with their predictions, at most. */
const SAMPLES = 20;

/** Trains and keeps what comes of it. */
export function useTraining(settings: Ref<TrainingSettings>) {
  const status = ref<TrainingStatus>("loading");
  const engine = shallowRef<EngineDescription | null>(null);
  const failure = ref("");
  /** Earlier runs first; changed in place, at most once a frame. */
  const runs = shallowRef<readonly RunRecord[]>([]);
  /** Run that the worker has; null: none. */
  const current = shallowRef<RunRecord | null>(null);
  /** Sample images of the present run. */
  const samples = shallowRef<readonly number[]>([]);
  const shownImages = shallowRef<TrainingImages | null>(null);
  /** Grows where runs have changed in place. */
  const tick = ref(0);
  let trainer: Trainer | null = null;
  let count = 0;
  let frame = 0;

  onMounted(() => {
    trainer = startTrainer(new URLSearchParams(location.search).get("engine") ?? "", take);
  });
  onBeforeUnmount(() => {
    cancelAnimationFrame(frame);
    trainer?.close();
  });

  function take(report: Report): void {
    if (report.type === "engine") {
      engine.value = report.engine;
      status.value = "ready";
      return;
    }
    if (report.type === "failed") {
      failure.value = report.message;
      status.value = "failed";
      return;
    }
    // Of a run that was reset while its last update ended.
    if (report.run !== current.value?.id) return;
    current.value.add(report);
    if (report.type === "opened" && status.value === "opening") status.value = "training";
    if (report.type === "stopped") status.value = report.isFinished ? "finished" : "stopped";
    if (report.type === "exported") download(report.bytes, report.format);
    drawSoon();
  }

  function drawSoon(): void {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      triggerRef(runs);
      triggerRef(current);
      tick.value += 1;
    });
  }

  /**
   * Starts a run, or goes on with the present one.
   *
   * @param chosen - Images of a run that starts.
   */
  function start(chosen: NamedImages | null): void {
    if (trainer === null) return;
    failure.value = "";
    if (current.value === null) {
      if (chosen === null) return;
      const { name, images } = chosen;
      count += 1;
      samples.value = chooseSamples(images);
      shownImages.value = images;
      const run = new RunRecord({
        ...{ id: count, color: (count - 1) % SERIES_COLORS, imagesName: name },
        ...{ classNames: images.classNames, settings: settings.value },
      });
      current.value = run;
      runs.value = [...runs.value, run];
      status.value = "opening";
      const batchSize = batchSizeOf(images);
      trainer.send({
        ...{ type: "open", run: run.id, images, settings: settings.value, batchSize },
        samples: samples.value,
      });
    } else status.value = "training";
    trainer.send({ type: "start" });
  }

  function stop(): void {
    status.value = "stopping";
    trainer?.send({ type: "stop" });
  }

  /** Puts the present run to the earlier ones; the next one begins with new weights. */
  function reset(): void {
    trainer?.send({ type: "stop" });
    if (current.value?.updates === 0) remove(current.value);
    current.value = null;
    failure.value = "";
    status.value = engine.value === null ? "loading" : "ready";
  }

  /** Takes a run out of the comparison. */
  function remove(run: RunRecord): void {
    runs.value = runs.value.filter((one) => one !== run);
  }

  /** Settings hold from the next epoch on. */
  function change(): void {
    if (current.value !== null) trainer?.send({ type: "change", settings: settings.value });
  }

  function exportModel(format: ModelFormat): void {
    trainer?.send({ type: "export", format });
  }

  /** Changes that the next epoch begins with; empty: none. */
  const pendingChange = computed(() =>
    current.value === null ? "" : describeChange(current.value.settings, settings.value),
  );
  /** The epoch that new settings hold from. */
  const nextEpoch = computed(() => {
    const run = current.value;
    return run === null ? 0 : Math.ceil(run.updates / run.updatesPerEpoch);
  });
  /** The epochs to come. */
  const planned = computed((): PlannedRates => {
    const { numEpochs, rates } = planTraining(settings.value);
    return { numEpochs, epoch: nextEpoch.value, rates: rates.slice(nextEpoch.value) };
  });

  const refs = { status, engine, failure, runs, current, tick, samples, shownImages };
  return { ...refs, pendingChange, nextEpoch, planned, start, stop, reset, remove, change, exportModel };
}

function batchSizeOf({ train }: TrainingImages): number {
  const images = train.labels.length;
  const { least, most, updates } = BATCH_SIZE;
  return Math.min(images, most, Math.max(least, Math.floor(images / updates)));
}

/** Validation images of every class in turn. */
function chooseSamples({ classNames, validation }: TrainingImages): number[] {
  const perClass = Math.max(1, Math.floor(SAMPLES / classNames.length));
  const chosen = classNames.flatMap((_, label) =>
    [...validation.labels.keys()].filter((index) => validation.labels[index] === label).slice(0, perClass),
  );
  return chosen.slice(0, SAMPLES);
}

function download(bytes: Uint8Array, format: ModelFormat): void {
  const content = new Blob([new Uint8Array(bytes)], { type: "application/octet-stream" });
  saveFile(format === "onnx" ? "model.onnx" : "model.safetensors", content);
}
