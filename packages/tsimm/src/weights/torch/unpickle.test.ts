import { expect, test } from "vitest";
import { decodeTorchFile } from "./decode-torch-file.ts";
import { archive, bytesOf, name, pickleOf, tensor, tensorArguments, text } from "./pickles.fixture.ts";
import { TorchTensor } from "./torch-value.ts";

const six = { "data/0": new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer) };

test.each([
  ["posix", "system"],
  ["builtins", "eval"],
  ["__builtin__", "getattr"],
  ["os", "system"],
  ["torch.hub", "load"],
  ["torch", "load"],
  ["torch._utils", "_rebuild_tensor_v2.__globals__"],
  ["collections", "OrderedDict.__init__"],
  ["numpy.core.multiarray", "scalar"],
  ["__main__", "Net"],
  ["constructor", "constructor"],
  ["__proto__", "toString"],
])("%s.%s is refused by its full name, called or not", (module, item) => {
  const full = `${module === "__builtin__" ? "builtins" : module}.${item}`;
  const message = `it names ${full}, which is no tensor, number, text or container, and to build it could run code`;
  const call = ["(", text("touch /tmp/x"), "tR"];
  expect(() => decodeTorchFile(pickleOf(name(module, item)))).toThrow(message);
  expect(() => decodeTorchFile(pickleOf(name(module, item), ...call))).toThrow(message);
  expect(() => decodeTorchFile(pickleOf(text(module), text(item), 0x93, ...call))).toThrow(message);
  expect(() => decodeTorchFile(archive(pickleOf("}", text("a"), name(module, item), "s")))).toThrow(message);
});

test("names of models are refused with the cure", () => {
  expect(() => decodeTorchFile(pickleOf(name("timm.models.resnet", "ResNet"), ")\x81"))).toThrow(
    'the file is not read: it names timm.models.resnet.ResNet: a whole model was saved, and to build it is to run its code; in Python save the weights alone: torch.save(model.state_dict(), "weights.pth")',
  );
});

test("control characters of names do not reach the terminal", () => {
  expect(() => decodeTorchFile(pickleOf(name("os\x1b[31m", "x\x07")))).toThrow(
    "it names os\\x1b[31m.x\\x07, which",
  );
});

const damage = "the file is not read: it is damaged or not a file of PyTorch: ";
const many = (count: number, part: string): Uint8Array => Buffer.from(part.repeat(count), "latin1");

test.each<[string, Uint8Array, string]>([
  ["nothing", new Uint8Array(0), "it is empty"],
  ["text", Buffer.from("state_dict"), "it is neither a zip archive nor a pickle"],
  ["an opcode of protocol 0", pickleOf("I1\n"), "opcode 0x49 at byte 2 of the pickle is not known"],
  ["INST", pickleOf("(iposix\nsystem\n"), "opcode 0x69 at byte 3 of the pickle is not known"],
  [
    "OBJ",
    pickleOf("(", name("collections", "OrderedDict"), "o"),
    "opcode 0x6f at byte 28 of the pickle is not known",
  ],
  ["an extension", pickleOf(0x82, 1), "opcode 0x82 at byte 2 of the pickle is not known"],
  ["protocol 1", bytesOf([0x80, 1, "."]), "protocol of a pickle must be 2 to 5, got 1"],
  ["an empty stack", pickleOf("0"), "the pickle takes a value that it has not made"],
  ["no value", pickleOf(), "the pickle takes a value that it has not made"],
  ["a pop below the mark", pickleOf("K\x01(0"), "the pickle takes a value that it has not made"],
  ["no mark", pickleOf("t"), "the pickle goes back to a mark that it has not made"],
  ["nothing remembered", pickleOf("h\x05"), "the pickle recalls value 5, which it has not remembered"],
  ["a cut", bytesOf([0x80, 2, "J\0\0"]), "the pickle ends at byte 5, within what begins at byte 3"],
  ["no end", bytesOf([0x80, 2, "N"]), "the pickle ends at byte 3, within what begins at byte 3"],
  ["text too long", pickleOf("X\xff\xff\xff\xff"), "a text must have at most 67108864 bytes, got 4294967295"],
  [
    "bytes too long",
    pickleOf(0x8e, "\0\0\0\0\0\0\0\x80"),
    "the pickle ends at byte 12, within what begins at byte 11",
  ],
  ["a name without end", pickleOf("c", "a".repeat(2000)), "the name at byte 3 of the pickle does not end"],
  ["text that is no UTF-8", pickleOf(0x8c, 1, 0xff), "text at byte 4 of the pickle must be UTF-8"],
  ["a call of a number", pickleOf("K\x01)R"), "what is called must be a name"],
  [
    "a call with a list",
    pickleOf(name("collections", "OrderedDict"), "]R"),
    "arguments of collections.OrderedDict must be a tuple",
  ],
  [
    "a call of a storage",
    pickleOf(name("torch", "FloatStorage"), ")R"),
    "a class of storages must not be called",
  ],
  ["a call of a type", pickleOf(name("torch", "float32"), ")R"), "what is called must be a name"],
  ["an append to a tuple", pickleOf(")K\x01a"), "what is added to must be a list or a set"],
  ["an append to a dict", pickleOf("}K\x01a"), "what is added to must be a list or a set"],
  ["entries of a list", pickleOf("]K\x01K\x02s"), "entries must be those of a dict"],
  ["half an entry", pickleOf("}(K\x01u"), "entries of a dict must be pairs"],
  [
    "a key twice",
    pickleOf("}(", text("a"), "N", text("a"), "Nu"),
    'a dict must have each key once, got "a" twice',
  ],
  ["a dict as key", pickleOf("}}Ns"), "a key of a dict must be text, a number or None"],
  [
    "attributes of a number",
    pickleOf("K\x01}b"),
    "attributes must be those of a namespace, a dict or a tensor",
  ],
  [
    "attributes of a name",
    pickleOf(name("torch", "Tensor"), "}b"),
    "attributes must be those of a namespace, a dict or a tensor",
  ],
  ["a list in itself", pickleOf("]q\0h\0a"), "a list or a dict must not contain itself"],
  ["a dict in itself", pickleOf("}q\0K\x01h\0s"), "a list or a dict must not contain itself"],
  ["a tuple in its list", pickleOf("]q\0h\0\x85a"), "a list or a dict must not contain itself"],
  ["a deep list", pickleOf(many(300, "]"), many(299, "a")), "lists and dicts must be at most 256 deep"],
  [
    "a very deep list",
    pickleOf(many(900_000, "]"), many(899_999, "a")),
    "lists and dicts must be at most 256 deep",
  ],
  ["a billion laughs", pickleOf("]", many(40, "2\x86")), "there must be at most 8388608 values"],
  [
    "too many lists",
    pickleOf(many(2 ** 20 + 1, "]")),
    "a pickle must have at most 1048576 lists, dicts and tensors",
  ],
  ["too many opcodes", pickleOf(many(2 ** 21, "N0")), "a pickle must have at most 4194304 opcodes"],
  [
    "two pickles",
    bytesOf([pickleOf("N"), pickleOf("N")]),
    "the pickle must end with the file, got 4 bytes more",
  ],
  [
    "a storage in a bare pickle",
    pickleOf("NQ"),
    "a pickle that is the whole file must not refer to storages",
  ],
  [
    "bytes of wide text",
    pickleOf(name("_codecs", "encode"), "X\x02\0\0\0\xc4\x80\x85R"),
    "text of bytes must be Latin-1",
  ],
  [
    "a set of a number",
    pickleOf(name("builtins", "set"), "K\x01\x85R"),
    "a list must be made of a list or a tuple",
  ],
  [
    "a dict of numbers",
    pickleOf(name("collections", "OrderedDict"), "]K\x01a\x85R"),
    "a list must be made of a list or a tuple",
  ],
  [
    "a dict of halves",
    pickleOf(name("collections", "OrderedDict"), "]K\x01\x85a\x85R"),
    "a dict must be made of pairs",
  ],
  ["a device of a list", pickleOf(name("torch", "device"), "]\x85R"), "a device or a layout must be text"],
  [
    "a tensor of nothing",
    pickleOf(name("torch._utils", "_rebuild_tensor_v2"), ")R"),
    "offset, shape and strides of a tensor must be integers",
  ],
  [
    "a parameter of text",
    pickleOf(name("torch.nn.parameter", "Parameter"), text("a"), "\x85R"),
    "a parameter must be made of a tensor",
  ],
])("%s is refused", (_, bytes, message) => {
  expect(() => decodeTorchFile(bytes)).toThrow(`${damage}${message}`);
});

test.each<[string, Parameters<typeof tensor>[0], string]>([
  [
    "shape beyond the storage",
    { shape: "K\x02K\x04\x86", strides: "K\x04K\x01\x86" },
    "a tensor of shape [2,4], strides [4,1] and offset 0 must lie in its storage of 6 elements",
  ],
  [
    "strides beyond the storage",
    { strides: "K\x04K\x01\x86" },
    "a tensor of shape [2,3], strides [4,1] and offset 0 must lie in its storage of 6 elements",
  ],
  [
    "offset beyond the storage",
    { offset: "K\x01" },
    "a tensor of shape [2,3], strides [3,1] and offset 1 must lie in its storage of 6 elements",
  ],
  [
    "a negative stride",
    { strides: "J\xff\xff\xff\xffK\x01\x86" },
    "offset, shape and strides of a tensor must be integers >= 0, got 0, [2,3] and [-1,1]",
  ],
  [
    "a negative size",
    { shape: "J\xff\xff\xff\xffK\x01\x86" },
    "offset, shape and strides of a tensor must be integers >= 0, got 0, [-1,1] and [3,1]",
  ],
  [
    "a negative offset",
    { offset: "J\xff\xff\xff\xff" },
    "offset, shape and strides of a tensor must be integers >= 0, got -1, [2,3] and [3,1]",
  ],
  [
    "sizes beyond all numbers",
    { shape: bytesOf(["\x8a\x07", "\xff".repeat(6), "\x0f2\x86"]), strides: "K\x01K\x01\x86" },
    "must lie in its storage of 6 elements",
  ],
  [
    "a fractional size",
    { shape: "G\x3f\xf8\0\0\0\0\0\0K\x01\x86" },
    "offset, shape and strides of a tensor must be integers",
  ],
  [
    "a size of 64 bits",
    { shape: "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7fK\x01\x86" },
    "offset, shape and strides of a tensor must be integers",
  ],
  [
    "a stride too few",
    { strides: "K\x01\x85" },
    "a tensor must have a stride for each dimension, got [1] for [2,3]",
  ],
  [
    "65 dimensions",
    { shape: bytesOf(["(", "K\x01".repeat(65), "t"]) },
    "shape and strides of a tensor must be tuples of at most 64",
  ],
  ["a list as shape", { shape: "]" }, "shape and strides of a tensor must be tuples of at most 64"],
  ["a storage longer than its entry", { length: 7 }, 'storage "0" must have 28 bytes, got 24'],
  ["a storage of another type", { type: "DoubleStorage" }, 'storage "0" must have 48 bytes, got 24'],
  ["a class that is no storage", { type: "Size" }, "a reference must be to a storage of PyTorch"],
])("a tensor with %s is refused", (_, options, message) => {
  expect(() => decodeTorchFile(archive(pickleOf(tensor(options)), six))).toThrow(message);
});

test("tensors that are expanded far beyond the file are refused before the memory is taken", () => {
  const huge = tensor({ shape: "J\0\0\0\x40J\0\0\0\x40\x86", strides: "K\0K\0\x86" });
  // Together they have no elements, whatever the others are.
  const none = tensor({
    shape: bytesOf(["(", "\x8a\x06\xff\xff\xff\xff\xff\x0f".repeat(40), "K\0t"]),
    strides: bytesOf(["(", "K\0".repeat(41), "t"]),
  });
  expect(decodeTorchFile(archive(pickleOf(none), six))).toMatchObject({ data: new Float32Array(0) });
  expect(() => decodeTorchFile(archive(pickleOf(huge), six))).toThrow(
    "its tensors that are not contiguous take more memory than the whole file",
  );
  // Each of them alone has room.
  const some = tensor({ shape: "J\0\0\x20\0K\x01\x86", strides: "K\0K\0\x86" });
  const three = pickleOf("(", some, some, some, "t");
  expect(() => decodeTorchFile(archive(three, six))).toThrow("take more memory than the whole file");
});

test("text made into bytes again and again does not fill the memory", () => {
  const long = bytesOf(["X\0\0\x10\0", "a".repeat(2 ** 20), "q\0"]);
  const again = bytesOf([name("_codecs", "encode"), "h\0\x85R"]);
  const bytes = pickleOf("(", long, Buffer.concat(Array.from({ length: 20 }, () => again)), "t");
  expect(() => decodeTorchFile(bytes)).toThrow("its bytes take more memory than the whole file");
});

test("a dict made of one list again and again does not fill the memory", () => {
  const pairs = bytesOf(["](", ...Array.from({ length: 256 }, (_, i) => bytesOf(["K", i, "N\x86"])), "eq\0"]);
  const again = bytesOf([name("collections", "OrderedDict"), "h\0\x85R"]);
  const bytes = pickleOf("(", pairs, Buffer.concat(Array.from({ length: 2000 }, () => again)), "t");
  expect(() => decodeTorchFile(bytes)).toThrow("its dicts take more memory than the whole file");
});

test("keys of dicts never reach an object", () => {
  const value = decodeTorchFile(
    pickleOf("}(", text("__proto__"), "}", text("polluted"), 0x88, "s", text("constructor"), "Nu"),
  );
  expect(value).toEqual(
    new Map<string, unknown>([
      ["__proto__", new Map([["polluted", true]])],
      ["constructor", null],
    ]),
  );
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});

test("a namespace takes no attribute twice", () => {
  const twice = pickleOf(
    name("argparse", "Namespace"),
    ")\x81}",
    text("lr"),
    "K\x01sb}",
    text("lr"),
    "K\x02sb",
  );
  expect(() => decodeTorchFile(twice)).toThrow('a dict must have each key once, got "lr" twice');
});

/** Element 1 and 2 of a tensor over six. */
const two = { shape: "K\x02\x85", strides: "K\x01\x85", offset: "K\x01" };

test.each<[string, Uint8Array]>([
  ["a parameter", bytesOf([name("torch._utils", "_rebuild_parameter"), "(", tensor(two), "\x88)tR"])],
  [
    "a parameter with attributes",
    bytesOf([name("torch._utils", "_rebuild_parameter_with_state"), "(", tensor(two), "\x88)}tR"]),
  ],
  ["a new Parameter", bytesOf([name("torch.nn.parameter", "Parameter"), tensor(two), "\x85\x81N\x88)\x87b"])],
  [
    "a Parameter of PyTorch 0.3",
    bytesOf([name("torch.nn.parameter", "Parameter"), ")\x81(", tensor(two), "N\x89\x88)tb"]),
  ],
  [
    "a tensor of PyTorch 0.1",
    bytesOf([
      ...[name("torch", "FloatTensor"), ")R((", text("storage"), name("torch.cuda", "FloatStorage")],
      ...["U\x010", "U\x03cpu", "K\x06tQK\x01K\x02\x85K\x01\x85tb"],
    ]),
  ],
  [
    "a tensor with attributes",
    bytesOf([
      ...[name("torch._tensor", "_rebuild_from_type_v2"), "(", name("torch._utils", "_rebuild_tensor_v2")],
      ...[name("torch", "Tensor"), tensorArguments(two), "}tR"],
    ]),
  ],
])("%s is its tensor", (_, opcodes) => {
  expect(decodeTorchFile(archive(pickleOf(opcodes), six))).toMatchObject({
    dtype: "F32",
    shape: [2],
    data: Float32Array.of(1, 2),
  });
  expect(decodeTorchFile(archive(pickleOf(opcodes), six))).toBeInstanceOf(TorchTensor);
});
