import { describe, expect, test } from "vitest";
import { createRegistry, type NamedDefinition } from "./registry.ts";

interface Shape extends NamedDefinition {
  readonly corners: number;
}

const square: Shape = { name: "square", corners: 4 };
const triangle: Shape = { name: "triangle", corners: 3 };
const hexagon: Shape = { name: "hexagon", corners: 6 };
const shapes = () => createRegistry<Shape>("shape", { builtIn: [square, triangle] });

test("finds what is built in and what is registered, in the order of registration", () => {
  const registry = shapes();
  expect(registry.has("hexagon")).toBe(false);
  registry.register(hexagon);
  expect(registry.has("hexagon")).toBe(true);
  expect(registry.find("draw", "hexagon")).toBe(hexagon);
  expect(registry.find("draw", "square")).toBe(square);
  expect(registry.names()).toEqual(["square", "triangle", "hexagon"]);
  expect(registry.definitions()).toEqual([square, triangle, hexagon]);
});

test("names stand in an order of its own", () => {
  const registry = createRegistry<Shape>("shape", {
    builtIn: [triangle, square],
    order: (names) => names.toSorted(),
  });
  registry.register(hexagon);
  expect(registry.names()).toEqual(["hexagon", "square", "triangle"]);
  expect(registry.definitions()).toEqual([hexagon, square, triangle]);
  expect(() => registry.find("draw", "circle")).toThrow(
    new RangeError('draw: name must be one of hexagon, square, triangle, got "circle"'),
  );
});

test("the names and definitions are copies", () => {
  const registry = shapes();
  registry.names().push("circle");
  registry.definitions().pop();
  expect(registry.names()).toEqual(["square", "triangle"]);
  expect(registry.definitions()).toEqual([square, triangle]);
});

describe("a name that does not exist", () => {
  test.each([
    ["squre", 'name must be one of square, triangle, hexagon, got "squre"; did you mean "square"?'],
    ["hexagn", 'name must be one of square, triangle, hexagon, got "hexagn"; did you mean "hexagon"?'],
    ["circle", 'name must be one of square, triangle, hexagon, got "circle"'],
    ["toString", 'name must be one of square, triangle, hexagon, got "toString"'],
    ["", 'name must be one of square, triangle, hexagon, got ""'],
  ])("%j is refused, with the nearest one, registered ones included", (name, message) => {
    const registry = shapes();
    registry.register(hexagon);
    expect(() => registry.find("draw", name)).toThrow(new RangeError(`draw: ${message}`));
  });

  test("is told as it was given, under the caller's parameter, with the names that the caller takes besides", () => {
    const registry = createRegistry<Shape>("shape", { builtIn: [square], parameter: "outline" });
    expect(() => registry.find("draw", "atuo", { given: "Round_Atuo", besides: ["auto"] })).toThrow(
      new RangeError('draw: outline must be one of auto, square, got "Round_Atuo"; did you mean "auto"?'),
    );
  });
});

describe("two definitions of one name", () => {
  test("are refused where the first is built in", () => {
    const registry = shapes();
    expect(() => registry.register({ name: "square", corners: 5 })).toThrow(
      new RangeError(
        'registerShape: name must be of no other shape, got "square", which is built in; ' +
          "give the new definition another name",
      ),
    );
    expect(registry.find("draw", "square")).toBe(square);
  });

  test("are refused where the first is registered", () => {
    const registry = createRegistry<Shape>("flat shape");
    registry.register(hexagon);
    expect(() => registry.register({ ...hexagon })).toThrow(
      new RangeError(
        'registerFlatShape: name must be of no other flat shape, got "hexagon", which is already registered; ' +
          "give the new definition another name",
      ),
    );
  });

  test("are refused among those that are built in", () => {
    expect(() =>
      createRegistry<Shape>("shape", { builtIn: [square, { ...square }], registeredBy: "addShape" }),
    ).toThrow(/^addShape: name must be of no other shape, got "square", which is built in; /);
  });

  test("several are added together, or none of them", () => {
    const registry = shapes();
    expect(() => registry.register(hexagon, { ...square })).toThrow(/got "square", which is built in; /);
    expect(() => registry.register(hexagon, { ...hexagon })).toThrow(
      /got "hexagon", which is already registered; /,
    );
    expect(registry.names()).toEqual(["square", "triangle"]);
    registry.register(hexagon, { name: "circle", corners: 0 });
    expect(registry.names()).toEqual(["square", "triangle", "hexagon", "circle"]);
  });

  test("the same definition again changes nothing", () => {
    const registry = shapes();
    registry.register(hexagon);
    registry.register(hexagon);
    registry.register(square);
    expect(registry.names()).toEqual(["square", "triangle", "hexagon"]);
  });
});

test.each([
  ["", '""'],
  [undefined, "undefined"],
  [5, "5"],
])("a definition named %j is refused", (name, got) => {
  expect(() => shapes().register({ name, corners: 4 } as unknown as Shape)).toThrow(
    new TypeError(`registerShape: name must be text that is not empty, got ${got}`),
  );
});

test("what is no definition, and a name that is no text, are refused", () => {
  expect(() => shapes().register(JSON.parse("null"))).toThrow(
    new TypeError("registerShape: definition must be an object with a name, got null"),
  );
  expect(() => shapes().find("createShape", JSON.parse("{}"))).toThrow(
    new TypeError("createShape: name must be one of square, triangle, got {}"),
  );
});

test.each(["a/b", "..\\up", "two words", "line\nbreak"])(
  "a name with blanks or slashes, %j, is refused",
  (name) => {
    expect(() => shapes().register({ name, corners: 4 })).toThrow(
      new RangeError(`registerShape: name must be without blanks and slashes, got ${JSON.stringify(name)}`),
    );
  },
);
