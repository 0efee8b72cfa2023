/** Messages between the page and its worker: plain data. */
import type { EngineDescription } from "../../../../examples/browser-training/messages.ts";
import type { TrainingImages } from "./training-images.ts";
import type { TrainingSettings } from "./training-settings.ts";

export type { EngineDescription };

/** Files that a trained model is downloaded as. */
export type ModelFormat = "onnx" | "safetensors";

/** Start of a run. */
export interface RunRequest {
  /** Number of the run in this session. */
  readonly run: number;
  readonly images: TrainingImages;
  readonly settings: TrainingSettings;
  readonly batchSize: number;
  /** Indices of the validation images whose predictions are reported. */
  readonly samples: readonly number[];
}

/** From the page. */
export type Command =
  | ({ readonly type: "open" } & RunRequest)
  /** Trains from where the run is. */
  | { readonly type: "start" }
  /** Ends training after the current update. */
  | { readonly type: "stop" }
  /** Settings from the next epoch on. */
  | { readonly type: "change"; readonly settings: TrainingSettings }
  | { readonly type: "export"; readonly format: ModelFormat };

/** Prediction for an image. */
export interface SamplePrediction {
  readonly label: number;
  /** Probability in [0, 1]. */
  readonly probability: number;
}

/** From the worker; a `run` names the run that it is about. */
export type Report =
  | { readonly type: "engine"; readonly engine: EngineDescription }
  | {
      readonly type: "opened";
      readonly run: number;
      readonly numParameters: number;
      readonly updatesPerEpoch: number;
    }
  | {
      readonly type: "update";
      readonly run: number;
      /** Updates done. */
      readonly update: number;
      /** Of the batch, before the update. */
      readonly loss: number;
      /** Of the update. */
      readonly rate: number;
      readonly milliseconds: number;
    }
  | {
      /** Present weights on the batch that was trained last, and on the sample images. */
      readonly type: "probe";
      readonly run: number;
      readonly update: number;
      /** Percent of the batch. */
      readonly accuracy: number;
      readonly predictions: readonly SamplePrediction[];
    }
  | {
      readonly type: "epoch";
      readonly run: number;
      /** That is done, from 0. */
      readonly epoch: number;
      readonly trainLoss: number;
      /** Of the validation. */
      readonly loss: number;
      /** Percent of the validation images. */
      readonly accuracy: number;
      /** Row-major [classes, classes]: validation images by their class and by the prediction. */
      readonly confusion: readonly number[];
    }
  | {
      /** Settings hold from this epoch on. */
      readonly type: "changed";
      readonly run: number;
      readonly epoch: number;
      readonly settings: TrainingSettings;
      readonly isNewOptimizer: boolean;
    }
  | { readonly type: "stopped"; readonly run: number; readonly isFinished: boolean }
  | {
      readonly type: "exported";
      readonly run: number;
      readonly format: ModelFormat;
      readonly bytes: Uint8Array;
    }
  | { readonly type: "failed"; readonly run: number | null; readonly message: string };
