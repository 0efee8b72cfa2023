import { refusal, show } from "./errors.ts";

/**
 * Options that some parameters of an optimizer share: an object literal, an interface, a class. A scheduler touches only
 * the fields named here.
 */
export interface ParamGroup {
  /** Learning rate, finite, >= 0. */
  lr?: number | undefined;
  /** Base learning rate, from which schedules start. */
  initialLr?: number | undefined;
  /** Factor on every `lr` that a scheduler sets, finite, >= 0, e.g. from layer-wise decay. */
  lrScale?: number | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: interfaces and classes fit no other index signature
  [field: string]: any;
}

/**
 * Anything with parameter groups: no class to extend, nothing to register.
 *
 * @example
 * const optimizer: OptimizerLike = { paramGroups: [{ lr: 0.1 }, { lr: 0.1, lrScale: 0.5 }] };
 * new ConstantLRScheduler(optimizer, { warmupT: 2 }).step(1);
 * optimizer.paramGroups.map(({ lr }) => lr); // => [0.05, 0.025]
 */
export interface OptimizerLike {
  /** At least one group. */
  readonly paramGroups: readonly ParamGroup[];
}

/** One field of every parameter group, read and written with checks. */
export class GroupField {
  readonly #where: string;
  readonly #optimizer: OptimizerLike;
  readonly #field: string;
  readonly #initialField: string;
  #next = new Float64Array(0);

  /**
   * @param where - Class of the scheduler, for messages.
   * @param optimizer - Whose groups; each must have the field.
   * @param field - `lr`, `momentum`, `weightDecay`, …
   */
  constructor(where: string, optimizer: OptimizerLike, field: string) {
    this.#where = where;
    this.#optimizer = optimizer;
    this.#field = field;
    this.#initialField = `initial${field.charAt(0).toUpperCase()}${field.slice(1)}`;
    checkGroups(where, optimizer);
  }

  /**
   * Takes up all groups after those that are driven, or none if one cannot be.
   *
   * @param initialize - true: the base of a group without `initialLr` and the like is what the field holds; false: each
   * must have one.
   * @returns Their base values.
   */
  takeNew(initialize: boolean): number[] {
    const base: number[] = [];
    const field = this.#field;
    const where = this.#where;
    const { paramGroups } = this.#optimizer;
    for (let i = this.count; i < paramGroups.length; i++) {
      const group = paramGroups[i];
      checkGroup(where, group, i);
      this.#refusePythonNames(group, i);
      this.#checkBase(i, field, group[field]);
      this.#scaleOf(group, i);
      // Setting what is there already tells whether it can be set.
      if (!Reflect.set(group, field, group[field])) throw this.#readOnly(i, field);
      const canHoldBase = this.#initialField in group || Object.isExtensible(group);
      if (!canHoldBase) throw this.#readOnly(i, this.#initialField);
      base.push(this.#baseOf(group, i, initialize));
    }
    this.#next = new Float64Array(this.count + base.length);
    return base;
  }

  /** Number of groups. */
  get count(): number {
    return this.#next.length;
  }

  /** What the field holds now, per group; groups added since are left out. */
  read(): number[] {
    this.checkSame(true);
    return this.#driven().map((group) => Number(group[this.#field]));
  }

  /** Factor on the values that are written, per group. */
  scales(): number[] {
    return this.#driven().map((group, i) => this.#scaleOf(group, i));
  }

  /** Writes the base values to `initialLr` and the like. */
  writeBase(values: readonly number[]): void {
    this.#driven().forEach((group, i) => {
      const value = values[i];
      if (value !== undefined && group[this.#initialField] !== value) group[this.#initialField] = value;
    });
  }

  /**
   * Writes the field of every group, or of none if one value cannot be.
   *
   * @param values - One value per group.
   * @param scaled - Whether `lrScale` multiplies the values; it only ever does where the field is `lr`.
   * @throws RangeError if groups came, went or lost their field since construction, or a value is not finite.
   */
  write(values: ArrayLike<number>, scaled: boolean): void {
    const groups = this.#optimizer.paramGroups;
    const field = this.#field;
    const next = this.#next;
    this.#checkCount(groups);
    for (let i = 0; i < next.length; i++) {
      const group = groups[i];
      if (!group) throw this.#lost(i, group);
      const present: unknown = group[field];
      if (typeof present !== "number" || !Number.isFinite(present)) throw this.#lost(i, present);
      const value = values[i] ?? Number.NaN;
      const result = scaled ? value * this.#scaleOf(group, i) : value;
      if (!Number.isFinite(result)) throw this.#notFinite(i, result);
      next[i] = result;
    }
    for (let i = 0; i < next.length; i++) {
      const group = groups[i];
      if (group) group[field] = next[i];
    }
  }

  /**
   * Refuses groups that came, went or lost their field since construction.
   *
   * @param mayGrow - Whether groups may have come.
   */
  checkSame(mayGrow = false): void {
    this.#checkCount(this.#optimizer.paramGroups, mayGrow);
    this.#driven().forEach((group, i) => {
      const present: unknown = group?.[this.#field];
      if (typeof present !== "number" || !Number.isFinite(present)) throw this.#lost(i, present);
    });
  }

  #driven(): readonly ParamGroup[] {
    return this.#optimizer.paramGroups.slice(0, this.count);
  }

  #checkCount(groups: unknown, mayGrow = false): void {
    if (!Array.isArray(groups)) {
      const allowed = "the list of groups that it was at construction";
      throw new TypeError(refusal(this.#where, "paramGroups", allowed, groups, "build a new scheduler"));
    }
    const { length } = groups;
    if (length === this.count || (mayGrow && length > this.count)) return;
    const cure =
      length > this.count ? "added, call addGroups() to drive it" : "removed, build a new scheduler";
    const advice = `paramGroups[${Math.min(this.count, length)}] was ${cure}`;
    const allowed = `${this.count} groups as at construction`;
    throw new RangeError(refusal(this.#where, "paramGroups", allowed, length, advice));
  }

  #lost(i: number, present: unknown): RangeError {
    return new RangeError(this.#refusal(i, this.#field, "a finite number", present, "build a new scheduler"));
  }

  /** A group from Python would lose its factor or its base without a word. */
  #refusePythonNames(group: ParamGroup, i: number): void {
    for (const name of [this.#field, this.#initialField, ...(this.#field === "lr" ? ["lrScale"] : [])]) {
      const python = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      if (group[name] !== undefined || python === name || !(python in group)) continue;
      throw new RangeError(this.#refusal(i, python, `called ${name}`, group[python]));
    }
  }

  #readOnly(i: number, field: string): TypeError {
    return new TypeError(this.#refusal(i, field, "a field that can be set", this.#optimizer.paramGroups[i]));
  }

  #baseOf(group: ParamGroup, i: number, initialize: boolean): number {
    const initial: unknown = group[this.#initialField];
    if (initial !== undefined) return this.#checkBase(i, this.#initialField, initial);
    if (initialize) return this.#checkBase(i, this.#field, group[this.#field]);
    const allowed = "a finite number when initialize is false";
    const advice = "set it, or leave initialize true";
    throw new RangeError(this.#refusal(i, this.#initialField, allowed, initial, advice));
  }

  #checkBase(i: number, field: string, value: unknown): number {
    const isRate = this.#field === "lr";
    if (typeof value === "number" && Number.isFinite(value) && (!isRate || value >= 0)) return value;
    const message = this.#refusal(i, field, isRate ? "a finite number >= 0" : "a finite number", value);
    throw typeof value === "number" ? new RangeError(message) : new TypeError(message);
  }

  /** `lrScale` acts on rates only: a momentum by a layer's rate factor is never wanted. */
  #scaleOf(group: ParamGroup, i: number): number {
    const scale: unknown = group.lrScale;
    if (scale === undefined || this.#field !== "lr") return 1;
    if (typeof scale === "number" && scale >= 0 && scale < Infinity) return scale;
    const message = this.#refusal(i, "lrScale", "a finite number >= 0", scale);
    throw typeof scale === "number" ? new RangeError(message) : new TypeError(message);
  }

  #notFinite(i: number, result: number): RangeError {
    return new RangeError(this.#refusal(i, this.#field, "finite after noise and lrScale", result));
  }

  #refusal(i: number, field: string, allowed: string, got: unknown, advice?: string): string {
    const member = /^\w{1,60}$/.test(field) ? `.${field}` : `[${show(field)}]`;
    return refusal(this.#where, `paramGroups[${i}]${member}`, allowed, got, advice);
  }
}

function checkGroups(where: string, optimizer: OptimizerLike): void {
  const groups: unknown = optimizer?.paramGroups;
  const allowed = "a list of at least one parameter group";
  if (!Array.isArray(groups)) throw new TypeError(refusal(where, "paramGroups", allowed, groups));
  if (groups.length === 0) throw new RangeError(refusal(where, "paramGroups", allowed, groups));
}

function checkGroup(where: string, group: unknown, i: number): asserts group is ParamGroup {
  if (typeof group === "object" && group !== null) return;
  throw new TypeError(refusal(where, `paramGroups[${i}]`, "an object", group));
}
