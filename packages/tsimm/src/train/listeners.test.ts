import { expect, test } from "vitest";
import type { TrainingEvent } from "./events.ts";
import type { Listener, RunHandle } from "./listener.ts";
import { ListenerError, Listeners } from "./listeners.ts";

const message: TrainingEvent = { type: "message", text: "hello" };
const checkpointDue: TrainingEvent = {
  ...{ type: "checkpointDue", reason: "interval", epoch: 0, update: 1, row: null, metric: null },
  isBest: false,
};
const runEnded: TrainingEvent = {
  ...{ type: "runEnded", outcome: "finished", reason: null, best: null, byOutput: [], history: [] },
};

const run: Omit<RunHandle, "emit"> = {
  stop() {},
  state() {
    throw new Error("there is no state");
  },
  readState: () => Promise.reject(new Error("there is no state")),
};

/** Listeners a, b, c that write down what they hear, after what `on` does for theirs. */
function threeListeners(on: Readonly<Record<string, Listener["on"]>>) {
  const heard: string[] = [];
  const listeners = ["a", "b", "c"].map(
    (name): Listener => ({
      name,
      async on(event, handle) {
        heard.push(`${name} ${event.type}`);
        await on[name]?.(event, handle);
      },
    }),
  );
  return { heard, told: new Listeners("fit", listeners, run) };
}

const fail = () => {
  throw new Error("disk full");
};

test("listeners hear one after the other, each when the one before is done", async () => {
  const order: string[] = [];
  const slow: Listener = {
    name: "slow",
    async on() {
      order.push("begins");
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push("ends");
    },
  };
  const next: Listener = { name: "next", on: () => void order.push("next") };
  await new Listeners("fit", [slow, next], run).emit(message);
  expect(order).toEqual(["begins", "ends", "next"]);
});

test("one that fails ends the round with its name and hears of nothing any more", async () => {
  const { heard, told } = threeListeners({ b: fail });
  const failure = told.emit(message);
  await expect(failure).rejects.toThrow('fit: listener "b" failed: disk full');
  await expect(failure).rejects.toMatchObject({
    ...{ name: "ListenerError", listener: "b", cause: new Error("disk full") },
  });
  await expect(failure).rejects.toBeInstanceOf(ListenerError);
  await told.emit(message);
  expect(heard).toEqual(["a message", "b message", "a message", "c message"]);
});

test.each([checkpointDue, runEnded])("all others hear $type before a failure counts", async (event) => {
  const { heard, told } = threeListeners({ a: fail, b: () => Promise.reject("no text") });
  await expect(told.emit(event)).rejects.toThrow('fit: listener "a" failed: disk full');
  expect(heard).toEqual(["a", "b", "c"].map((name) => `${name} ${event.type}`));
  await told.emit(message);
  expect(heard.slice(3)).toEqual(["c message"]);
});

test("what is thrown may be anything", async () => {
  const { told } = threeListeners({ a: () => Promise.reject("no text") });
  await expect(told.emit(message)).rejects.toThrow('fit: listener "a" failed: no text');
});

test("what a listener emits is told to all, inside of what it hears", async () => {
  const { heard, told } = threeListeners({
    b: async (event, { emit }) => {
      if (event.type === "checkpointDue") await emit(message);
    },
  });
  await told.emit(checkpointDue);
  expect(heard).toEqual([
    ...["a checkpointDue", "b checkpointDue"],
    ...["a message", "b message", "c message"],
    "c checkpointDue",
  ]);
});

test("who fails at what another emits is the one named, and hears nothing any more", async () => {
  const { heard, told } = threeListeners({
    a: async (event, { emit }) => {
      if (event.type === "checkpointDue") await emit(message);
    },
    b: fail,
  });
  await expect(told.emit(checkpointDue)).rejects.toThrow('fit: listener "b" failed: disk full');
  expect(heard).toEqual(["a checkpointDue", "a message", "b message", "c checkpointDue"]);
  await expect(told.emit(checkpointDue)).resolves.toBeUndefined();
  expect(heard.slice(4)).toEqual([...["a checkpointDue", "a message", "c message", "c checkpointDue"]]);
});

test("the last events pass over who fails", async () => {
  const { heard, told } = threeListeners({ a: fail });
  await told.emitLast(checkpointDue);
  await told.emitLast(runEnded);
  expect(heard).toEqual([
    ...["a checkpointDue", "b checkpointDue", "c checkpointDue"],
    ...["b runEnded", "c runEnded"],
  ]);
});

test("a listener keeps its own this", async () => {
  class Counter implements Listener {
    readonly name = "counter";
    count = 0;
    on(): void {
      this.count++;
    }
  }
  const counter = new Counter();
  await new Listeners("fit", [counter], run).emit(message);
  expect(counter.count).toBe(1);
});

test.each([
  [() => {}, "a function"],
  [{ name: "", on() {} }, '{"name":""}'],
  [{ name: "x" }, '{"name":"x"}'],
  [null, "null"],
  [undefined, "undefined"],
  ["x", '"x"'],
])("%o is no listener", (listener, got) => {
  const listeners = [{ name: "ok", on() {} }, listener] as unknown as Listener[];
  expect(() => new Listeners("fit", listeners, run)).toThrow(
    new TypeError(
      `fit: listeners[1] must be an object with a name and a function on(event, run), got ${got}`,
    ),
  );
});

test("events that are told in answer to themselves end with an error", async () => {
  const { told } = threeListeners({ b: async (event, handle) => handle.emit(event) });
  await expect(told.emit(message)).rejects.toThrow(
    'fit: listener "b" failed: RunHandle.emit: event must not be told in answer to itself without end, got "message" 200 times; ask for event.type first',
  );
});

test("what is no event is not told", async () => {
  const { told } = threeListeners({ b: async (_, handle) => handle.emit(JSON.parse("null")) });
  await expect(told.emit(message)).rejects.toThrow(
    'fit: listener "b" failed: RunHandle.emit: event must be an object with a type, got null',
  );
});
