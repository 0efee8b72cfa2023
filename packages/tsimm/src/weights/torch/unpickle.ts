/**
 * A machine for pickles that builds tensors, numbers, text and containers, and nothing else.
 *
 * Not pickleparser 0.2.1: it calls what the names give with arguments of the file, assigns attributes to anything,
 * takes values from an empty stack, reads negative integers as positive ones, and has no bounds.
 *
 * @see https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
import { checkValue } from "./check-value.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { PickleBytes } from "./pickle-bytes.ts";
import type { PickleItem } from "./pickle-item.ts";
import { opcodes } from "./pickle-opcodes.ts";
import { PickleStack } from "./pickle-stack.ts";
import { damaged } from "./torch-file-error.ts";
import type { TorchValue } from "./torch-value.ts";

/** Most opcodes of a pickle: a model of 1000 tensors with an optimizer of two slots has about 100 000. */
const MOST_OPCODES = 2 ** 22;

/** What a pickle is read with. */
export interface UnpickleOptions {
  readonly budget: MemoryBudget;
  /** Finds what is kept beside the pickle: storages. */
  readonly persistent: (id: PickleItem) => PickleItem;
  /** Place of the first opcode. */
  readonly start?: number;
}

/** A value, and the place behind its pickle. */
export interface Unpickled {
  readonly value: TorchValue;
  readonly end: number;
}

/**
 * Reads one pickle, of protocol 2 to 5.
 *
 * @param bytes - They may go on behind it.
 * @throws TorchFileError if it is damaged, names what is not allowed, contains itself, or is beyond the bounds.
 */
export function unpickle(bytes: Uint8Array, { budget, persistent, start = 0 }: UnpickleOptions): Unpickled {
  const source = new PickleBytes(bytes, start);
  const stack = new PickleStack();
  for (let count = 0; count < MOST_OPCODES; count++) {
    const at = source.at;
    const code = source.uint8();
    if (code === STOP) return { value: checkValue(stack.last()), end: source.at };
    const run = opcodes.get(code);
    if (run === undefined) {
      throw damaged(
        `opcode 0x${code.toString(16).padStart(2, "0")} at byte ${at} of the pickle is not known`,
      );
    }
    run({ source, stack, budget, persistent });
  }
  throw damaged(`a pickle must have at most ${MOST_OPCODES} opcodes`);
}

const STOP = 0x2e;
