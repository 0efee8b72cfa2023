/** What the page and its worker say to each other. */

/** From the page. */
export type Command = "start" | "stop";

/** What computes. */
export interface EngineDescription {
  /** `webgpu` or `wasm`. */
  readonly name: string;
  /** Name of the GPU, or count of threads. */
  readonly place: string;
  /** Why it is not the GPU, or what is wrong with it; empty: nothing. */
  readonly reason: string;
}

/** From the worker. */
export type Report =
  | {
      readonly type: "ready";
      readonly numParameters: number;
      readonly engine: EngineDescription;
      /** The learning rate that is planned for each update. */
      readonly plan: readonly number[];
      readonly classNames: readonly string[];
      /** Pictures to classify: square, RGBA. */
      readonly pictures: readonly ImageData[];
      readonly labels: readonly number[];
    }
  | {
      readonly type: "update";
      /** Updates done. */
      readonly update: number;
      /** Before the update. */
      readonly loss: number;
      /** Of the update. */
      readonly rate: number;
      readonly milliseconds: number;
    }
  | {
      readonly type: "predictions";
      /** The class of each picture. */
      readonly classes: readonly number[];
    }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly message: string };
