/** Fields of a model's configuration that a caller may set, `createModel(name, { config: { patchSize: 8 } })`. */
import { suggestion } from "../text/suggestion.ts";
import { type Activation, gelu, geluTanh, hardSwish, relu, relu6, silu } from "./layers/activation.ts";

/** A value of such a field, as files hold it. */
export type ConfigValue =
  | null
  | boolean
  | number
  | string
  | readonly ConfigValue[]
  | { readonly [key: string]: ConfigValue };

/** What a field may be, and what a family's code gets. */
export interface ConfigOption {
  /** The values allowed, for errors: `an integer >= 1`. */
  readonly allowed: string;
  /** The value that the configuration takes; undefined: it is not allowed. */
  read(value: ConfigValue): unknown;
}

/** Fields of the configurations of a family, by their names. */
export type ConfigOptions<C = unknown> = { readonly [K in keyof C & string]?: ConfigOption };

/** An integer of at least `least`. */
export function integerOption(least: number): ConfigOption {
  return {
    allowed: `an integer >= ${least}`,
    read: (value) => (Number.isInteger(value) && Number(value) >= least ? value : undefined),
  };
}

/** A number above `bound`. */
export function numberOption(bound: number): ConfigOption {
  return {
    allowed: `a number > ${bound}`,
    read: (value) => (typeof value === "number" && value > bound ? value : undefined),
  };
}

/** true or false. */
export const flagOption: ConfigOption = {
  allowed: "true or false",
  read: (value) => (typeof value === "boolean" ? value : undefined),
};

/** One of these values. */
export function choiceOption(values: readonly (string | number)[]): ConfigOption {
  return {
    allowed: `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`,
    read: (value) => values.find((one) => one === value),
  };
}

/** A list of integers of at least 1, of one length. */
export function integersOption(length: number): ConfigOption {
  return {
    allowed: `${length} integers >= 1`,
    read: (value) =>
      Array.isArray(value) &&
      value.length === length &&
      value.every((one) => Number.isInteger(one) && one >= 1)
        ? value
        : undefined,
  };
}

/** Activations by timm's names. */
const activations: Readonly<Record<string, Activation>> = {
  ...{ gelu, gelu_tanh: geluTanh, hard_swish: hardSwish, relu, relu6, silu, swish: silu },
};

/** The name of an activation. */
export const activationOption: ConfigOption = {
  allowed: `one of ${Object.keys(activations).join(", ")}`,
  read: (value) =>
    typeof value === "string" && Object.hasOwn(activations, value) ? activations[value] : undefined,
};

/**
 * A configuration with fields set by a caller.
 *
 * @param model - Name of the model, for errors.
 * @param given - Values by the names of fields.
 * @throws RangeError for a field that the family does not let one set, or a value that it does not allow.
 */
export function configured<C>(
  model: string,
  config: C,
  options: Readonly<Record<string, ConfigOption | undefined>>,
  given: Readonly<Record<string, ConfigValue>>,
): C {
  const names = Object.keys(options);
  const read = Object.entries(given).map(([name, value]) => {
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) {
      const known = names.length === 0 ? "empty" : `of ${names.join(", ")}`;
      throw new RangeError(`${model}: config must be ${known}, got "${name}"${suggestion(name, names)}`);
    }
    const taken = option.read(value);
    if (taken === undefined) {
      throw new RangeError(`${model}: ${name} must be ${option.allowed}, got ${JSON.stringify(value)}`);
    }
    return [name, taken];
  });
  return { ...config, ...Object.fromEntries(read) };
}
