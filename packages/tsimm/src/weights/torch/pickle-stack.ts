/** The stack and the memory of a pickle. */
import type { PickleItem } from "./pickle-item.ts";
import { damaged } from "./torch-file-error.ts";

/** Most lists, tuples, dicts and tensors. */
const MOST_OBJECTS = 2 ** 20;

/** Items, marks between them, and what is remembered by number. */
export class PickleStack {
  readonly #items: PickleItem[] = [];
  /** Numbers of items below the marks. */
  readonly #marks: number[] = [];
  readonly #memory = new Map<number, PickleItem>();
  #objects = 0;

  push(item: PickleItem): void {
    if (typeof item === "object" && item !== null && ++this.#objects > MOST_OBJECTS) {
      throw damaged(`a pickle must have at most ${MOST_OBJECTS} lists, dicts and tensors`);
    }
    this.#items.push(item);
  }

  pop(): PickleItem {
    const item = this.last();
    this.#items.pop();
    return item;
  }

  /** The topmost item, which stays. */
  last(): PickleItem {
    const item = this.#items.at(-1);
    if (item === undefined || this.#items.length <= (this.#marks.at(-1) ?? 0)) {
      throw damaged("the pickle takes a value that it has not made");
    }
    return item;
  }

  mark(): void {
    this.#marks.push(this.#items.length);
  }

  /** All above the last mark. */
  popMark(): PickleItem[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw damaged("the pickle goes back to a mark that it has not made");
    return this.#items.splice(mark);
  }

  /** Remembers the topmost item. */
  remember(index: number = this.#memory.size): void {
    this.#memory.set(index, this.last());
  }

  /** Pushes what is remembered. */
  recall(index: number): void {
    const item = this.#memory.get(index);
    if (item === undefined) throw damaged(`the pickle recalls value ${index}, which it has not remembered`);
    this.#items.push(item);
  }
}
