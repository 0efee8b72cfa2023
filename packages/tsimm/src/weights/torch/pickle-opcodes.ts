/** The opcodes of pickles: those that Python writes in the protocols 2 to 5, but for calls with keywords and for text. */
import { allowedName } from "./allowed-names.ts";
import { setEntry } from "./called-names.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { PickleBytes } from "./pickle-bytes.ts";
import {
  AllowedName,
  isList,
  isTuple,
  LateTensor,
  OpenNamespace,
  type PickleItem,
  tuple,
} from "./pickle-item.ts";
import type { PickleStack } from "./pickle-stack.ts";
import { fillLateTensor } from "./rebuilt-tensors.ts";
import { damaged } from "./torch-file-error.ts";
import { TorchTensor } from "./torch-value.ts";

/** A machine at work. */
export interface PickleMachine {
  readonly source: PickleBytes;
  readonly stack: PickleStack;
  readonly budget: MemoryBudget;
  readonly persistent: (id: PickleItem) => PickleItem;
}

type Operation = (machine: PickleMachine) => void;

/** An operation that pushes what it reads. */
const reads =
  (read: (source: PickleBytes) => PickleItem): Operation =>
  ({ source, stack }) =>
    stack.push(read(source));

const constant = (item: PickleItem): Operation => reads(() => item);

const tupleOf =
  (count: number): Operation =>
  ({ stack }) =>
    stack.push(tuple(Array.from({ length: count }, () => stack.pop()).reverse()));

const global: Operation = ({ source, stack }) => stack.push(allowedName(source.line(), source.line()));

const stackGlobal: Operation = ({ stack }) => {
  const name = stack.pop();
  const module = stack.pop();
  if (typeof module !== "string" || typeof name !== "string") throw damaged("a name must be text");
  stack.push(allowedName(module, name));
};

/** A call of a function, and the making of an object of a class. */
const reduce: Operation = ({ stack, budget }) => {
  const args = stack.pop();
  const called = stack.pop();
  if (!(called instanceof AllowedName)) throw damaged("what is called must be a name");
  if (!isTuple(args)) throw damaged(`arguments of ${called.name} must be a tuple`);
  stack.push(called.call(args, budget));
};

/** Sets attributes of the topmost object. */
const build: Operation = ({ stack, budget }) => {
  const state = stack.pop();
  const object = stack.last();
  if (object instanceof LateTensor) fillLateTensor(object, state, budget);
  else if (object instanceof OpenNamespace && state instanceof Map) {
    for (const [name, value] of state) setEntry(object.entries, name, value);
  }
  // A state dict's attributes are versions of modules, a tensor's are about gradients.
  else if (!(object instanceof Map || object instanceof TorchTensor)) {
    throw damaged("attributes must be those of a namespace, a dict or a tensor");
  }
};

const append = (stack: PickleStack, items: readonly PickleItem[]): void => {
  const list = stack.last();
  if (!isList(list)) throw damaged("what is added to must be a list or a set");
  for (const item of items) list.push(item);
};

const setItems = (stack: PickleStack, items: readonly PickleItem[]): void => {
  const dict = stack.last();
  if (!(dict instanceof Map)) throw damaged("entries must be those of a dict");
  for (let i = 0; i < items.length; i += 2) {
    const [key, value] = [items[i], items[i + 1]];
    if (key === undefined || value === undefined) throw damaged("entries of a dict must be pairs");
    setEntry(dict, key, value);
  }
};

/** An integer of any length: little-endian, two's complement. */
function longInteger(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  const signed = BigInt.asIntN(8 * bytes.length, value);
  const number = Number(signed);
  return Number.isSafeInteger(number) ? number : signed;
}

/** Operations by opcode. */
export const opcodes: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [0x80, ({ source }) => checkProtocol(source.uint8())],
  // FRAME: how many bytes to read at once.
  [0x95, ({ source }) => void source.uint64()],
  // MARK, POP, POP_MARK, DUP
  [0x28, ({ stack }) => stack.mark()],
  [0x30, ({ stack }) => void stack.pop()],
  [0x31, ({ stack }) => void stack.popMark()],
  [0x32, ({ stack }) => stack.push(stack.last())],
  // BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
  [0x71, ({ source, stack }) => stack.remember(source.uint8())],
  [0x72, ({ source, stack }) => stack.remember(source.uint32())],
  [0x94, ({ stack }) => stack.remember()],
  [0x68, ({ source, stack }) => stack.recall(source.uint8())],
  [0x6a, ({ source, stack }) => stack.recall(source.uint32())],
  // NONE, NEWTRUE, NEWFALSE
  [0x4e, constant(null)],
  [0x88, constant(true)],
  [0x89, constant(false)],
  // BININT1, BININT2, BININT, LONG1, BINFLOAT
  [0x4b, reads((source) => source.uint8())],
  [0x4d, reads((source) => source.uint16())],
  [0x4a, reads((source) => source.int32())],
  [0x8a, reads((source) => longInteger(source.take(source.uint8())))],
  [0x47, reads((source) => source.float64())],
  // SHORT_BINSTRING, BINSTRING: text of Python 2.
  [0x55, reads((source) => source.latin1(source.uint8()))],
  [0x54, reads((source) => source.latin1(source.uint32()))],
  // SHORT_BINUNICODE, BINUNICODE, BINUNICODE8
  [0x8c, reads((source) => source.text(source.uint8()))],
  [0x58, reads((source) => source.text(source.uint32()))],
  [0x8d, reads((source) => source.text(source.uint64()))],
  // SHORT_BINBYTES, BINBYTES, BINBYTES8, BYTEARRAY8
  [0x43, reads((source) => source.take(source.uint8()))],
  [0x42, reads((source) => source.take(source.uint32()))],
  [0x8e, reads((source) => source.take(source.uint64()))],
  [0x96, reads((source) => source.take(source.uint64()))],
  // EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3, TUPLE, FROZENSET
  [0x29, tupleOf(0)],
  [0x85, tupleOf(1)],
  [0x86, tupleOf(2)],
  [0x87, tupleOf(3)],
  [0x74, ({ stack }) => stack.push(tuple(stack.popMark()))],
  [0x91, ({ stack }) => stack.push(tuple(stack.popMark()))],
  // EMPTY_LIST, EMPTY_SET, APPEND, APPENDS, ADDITEMS
  [0x5d, reads(() => [])],
  [0x8f, reads(() => [])],
  [0x61, ({ stack }) => append(stack, [stack.pop()])],
  [0x65, ({ stack }) => append(stack, stack.popMark())],
  [0x90, ({ stack }) => append(stack, stack.popMark())],
  // EMPTY_DICT, SETITEM, SETITEMS
  [0x7d, reads(() => new Map())],
  [0x73, ({ stack }) => setItems(stack, [stack.pop(), stack.pop()].reverse())],
  [0x75, ({ stack }) => setItems(stack, stack.popMark())],
  // GLOBAL, STACK_GLOBAL, REDUCE, NEWOBJ, BUILD
  [0x63, global],
  [0x93, stackGlobal],
  [0x52, reduce],
  [0x81, reduce],
  [0x62, build],
  // BINPERSID
  [0x51, ({ stack, persistent }) => stack.push(persistent(stack.pop()))],
]);

function checkProtocol(protocol: number): void {
  if (!(protocol >= 2 && protocol <= 5)) {
    throw damaged(`protocol of a pickle must be 2 to 5, got ${protocol}`);
  }
}
