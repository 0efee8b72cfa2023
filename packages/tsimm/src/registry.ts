/** Named definitions of one kind: those that are built in, and those that a user of the library registers. */
import { suggestion } from "./text/suggestion.ts";

/** A flag that a definition brings to the command line and to the arguments of training: plain data. */
export interface DefinitionFlag {
  /** `flag`: true or false; `ints`, `floats` and `strings`: lists; `map`: an object of values by name, `key=value …`. */
  readonly type: "flag" | "int" | "float" | "string" | "ints" | "floats" | "strings" | "map";
  /** The value when none is given; null: none. */
  readonly default: boolean | number | string | readonly number[] | readonly string[] | null;
  /** A phrase for `--help`. */
  readonly help: string;
  /** The only values allowed. */
  readonly choices?: readonly string[];
  /** Smallest value allowed. */
  readonly min?: number;
  /** Largest value allowed. */
  readonly max?: number;
  /** Bound that a value must exceed. */
  readonly above?: number;
  /** Bound that a value must stay below. */
  readonly below?: number;
  /** Smallest and largest number of values in a list. */
  readonly count?: readonly [number, number];
  /** Whether the values of a list may not decrease. */
  readonly ascending?: boolean;
}

/** A thing that is found by its name. */
export interface NamedDefinition {
  /** Unique among the definitions of its kind. */
  readonly name: string;
}

/** Options of {@link createRegistry}. */
export interface RegistryOptions<D extends NamedDefinition> {
  /** Definitions that are there from the start. */
  readonly builtIn?: readonly D[];
  /** The parameter that holds the name in the functions that look one up, for errors; absent: `name`. */
  readonly parameter?: string;
  /** Function that users register with, for errors; absent: `register` and the kind, as in `registerModelFamily`. */
  readonly registeredBy?: string;
  /** Order of {@link Registry.names}; absent: the order of registration. */
  readonly order?: (names: readonly string[]) => string[];
}

/** Options of the error of {@link Registry.find}. */
export interface FindOptions {
  /** The name as the caller was given it; absent: as it is looked up. */
  readonly given?: string;
  /** Names that the caller takes besides, listed first. */
  readonly besides?: readonly string[];
}

/** Definitions of one kind by name. */
export interface Registry<D extends NamedDefinition> {
  /**
   * Adds definitions, all or none; the same object again changes nothing.
   *
   * @throws TypeError if a name is no text or is empty.
   * @throws RangeError if another definition has the name, or it has blanks or slashes.
   */
  register(...definitions: readonly D[]): void;
  /**
   * The definition of a name, built in or registered.
   *
   * @param where - Function that is named in the error.
   * @param name - Case counts.
   * @throws RangeError that lists the names, with the nearest one, if there is none of that name.
   */
  find(where: string, name: string, options?: FindOptions): D;
  /** Whether there is a definition of that name. */
  has(name: string): boolean;
  /** All names, in {@link RegistryOptions.order}. */
  names(): string[];
  /** All definitions, in the order of {@link Registry.names}. */
  definitions(): D[];
}

/**
 * A new set of named definitions.
 *
 * @param kind - What they are, in the singular, for errors: `optimizer`, `model family`.
 * @throws RangeError if two of the built-in definitions have one name.
 * @example
 * interface Loss {
 *   readonly name: string;
 *   readonly of: (error: number) => number;
 * }
 * const losses = createRegistry<Loss>("loss", { builtIn: [{ name: "squared", of: (error) => error * error }] });
 * losses.register({ name: "absolute", of: Math.abs });
 * losses.names(); // => ["squared", "absolute"]
 * losses.find("createLoss", "absolute").of(-3); // => 3
 * losses.has("sqared"); // => false
 */
export function createRegistry<D extends NamedDefinition>(
  kind: string,
  options: RegistryOptions<D> = {},
): Registry<D> {
  const { builtIn = [], parameter = "name", registeredBy = `register${capitalized(kind)}` } = options;
  const { order = (names) => [...names] } = options;
  const byName = new Map<string, D>();
  const check = (definition: D, others: ReadonlyMap<string, D>): void => {
    checkIsDefinition(registeredBy, definition);
    const { name } = definition;
    if (typeof name !== "string" || name === "") {
      throw new TypeError(
        `${registeredBy}: name must be text that is not empty, got ${JSON.stringify(name)}`,
      );
    }
    if (!/^[^\s/\\]+$/.test(name)) {
      throw new RangeError(
        `${registeredBy}: name must be without blanks and slashes, got ${JSON.stringify(name)}`,
      );
    }
    const first = others.get(name);
    if (first === undefined || first === definition) return;
    const state = builtIn.includes(first) ? "built in" : "already registered";
    throw new RangeError(
      `${registeredBy}: name must be of no other ${kind}, got "${name}", which is ${state}; ` +
        "give the new definition another name",
    );
  };
  const register = (...definitions: readonly D[]): void => {
    const added = new Map<string, D>();
    for (const definition of definitions) {
      check(definition, byName);
      check(definition, added);
      added.set(definition.name, definition);
    }
    for (const [name, definition] of added) byName.set(name, definition);
  };
  register(...builtIn);
  const names = () => order([...byName.keys()]);
  return {
    register,
    find(where, name, { given = name, besides = [] } = {}) {
      const found = byName.get(name);
      if (found !== undefined) return found;
      const known = [...besides, ...names()];
      if (typeof name !== "string") {
        throw new TypeError(
          `${where}: ${parameter} must be one of ${known.join(", ")}, got ${JSON.stringify(name)}`,
        );
      }
      throw new RangeError(
        `${where}: ${parameter} must be one of ${known.join(", ")}, got "${given}"${suggestion(name, known)}`,
      );
    },
    has: (name) => byName.has(name),
    names,
    definitions: () => names().flatMap((name) => byName.get(name) ?? []),
  };
}

/**
 * Refuses what is no definition.
 *
 * @param where - Function named in the error.
 * @throws TypeError
 */
export function checkIsDefinition(where: string, definition: unknown): void {
  if (typeof definition === "object" && definition !== null) return;
  const got = typeof definition === "function" ? "a function" : JSON.stringify(definition);
  throw new TypeError(`${where}: definition must be an object with a name, got ${got}`);
}

/** The words of a kind as the end of a function's name. */
function capitalized(kind: string): string {
  return kind.replace(/(?:^|[ -])(.)/g, (_, letter: string) => letter.toUpperCase());
}
