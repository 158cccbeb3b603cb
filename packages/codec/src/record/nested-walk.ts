import { BadBytes } from "../wire/bad-bytes.ts";
import type { ByteSource } from "../wire/byte-source.ts";
import { isNested, type LeafRules, takeLeaf } from "./leaf-check.ts";
import { opArray, opMap, opStruct, planType, type TypePlan } from "./type-plan.ts";

/**
 * Goes through a nested value without building it, checking it and feeding its checksum. It can stop at any leaf
 * when the bytes run out and go on from there, so that a value arriving in small pieces is gone through once.
 *
 * The elements that are still to come are kept on a stack of its own, never deeper than the type.
 */
export class NestedWalk {
  readonly #rules: LeafRules;
  readonly #frames: Frame[] = [];
  #depth = 0;

  constructor(rules: LeafRules) {
    this.#rules = rules;
  }

  /** Whether it stopped inside a value. */
  get isInside(): boolean {
    return this.#depth > 0;
  }

  /** Goes to the start of a nested value. */
  begin(type: TypePlan): void {
    // As if it were the one element of an array, which has begun.
    const frame = this.#push(root, 1);
    frame.element = type;
    frame.isFlagged = true;
  }

  /** Forgets the value it is in. */
  leave(): void {
    this.#depth = 0;
  }

  /**
   * Goes on until the value's end. False when the bytes run out, with `source.pos` at the leaf that was not whole.
   *
   * @throws BadBytes with the path inside the value.
   */
  go(source: ByteSource): boolean {
    try {
      while (this.#depth > 0) {
        if (!this.#step(source, this.#frames[this.#depth - 1]!)) return false;
      }
      return true;
    } catch (error) {
      if (error instanceof BadBytes) error.path = this.#path();
      throw error;
    }
  }

  /** One element, or the end of a value. */
  #step(source: ByteSource, frame: Frame): boolean {
    if (frame.index === frame.count) return this.#finish(source, frame);
    if (!frame.isFlagged) {
      if (!source.takeFlag()) return false;
      if (source.number === 1) {
        frame.index++;
        return true;
      }
      frame.isFlagged = true;
    }
    const { type } = frame;
    const element = type.op === opStruct ? type.fields[frame.index]! : frame.element!;
    if (isNested(element)) {
      if (element.op === opStruct) {
        this.#push(element, element.fields.length);
      } else {
        if (!source.takeCount()) return false;
        this.#push(element, source.number).element = element.element;
      }
    } else {
      if (!takeLeaf(source, element, this.#rules)) return false;
      frame.index++;
    }
    frame.isFlagged = false;
    return true;
  }

  /** Leaves a value that is whole, or goes from a map's keys to its values. */
  #finish(source: ByteSource, frame: Frame): boolean {
    const { type } = frame;
    if (type.op === opMap && !frame.isInValues) {
      if (!source.takeCount()) return false;
      if (source.number !== frame.count) {
        throw source.bad("bad-count", `as many values as keys, ${frame.count}`, `${source.number}`);
      }
      frame.isInValues = true;
      frame.element = type.value;
      frame.index = 0;
      return true;
    }
    this.#depth--;
    const outer = this.#frames[this.#depth - 1];
    if (outer !== undefined) outer.index++;
    return true;
  }

  #push(type: TypePlan, count: number): Frame {
    if (this.#depth === this.#frames.length) this.#frames.push({ ...emptyFrame });
    const frame = this.#frames[this.#depth++]!;
    frame.type = type;
    frame.count = count;
    frame.index = 0;
    frame.isFlagged = false;
    frame.isInValues = false;
    return frame;
  }

  #path(): string {
    let path = "";
    for (const { type, index, isInValues } of this.#frames.slice(1, this.#depth)) {
      if (type.op === opStruct) path += `.${type.fieldNames[index] ?? ""}`;
      else if (type.op === opArray) path += `[${index}]`;
      else path += isInValues ? `[value ${index}]` : `[key ${index}]`;
    }
    return path;
  }
}

/** A nested value that has begun: which element comes next, and whether its null flag was read. */
interface Frame {
  type: TypePlan;
  element: TypePlan | undefined;
  count: number;
  index: number;
  isFlagged: boolean;
  isInValues: boolean;
}

const root: TypePlan = /*@__PURE__*/ planType({ kind: "array", element: { kind: "bigint" } }, "wire");
const emptyFrame: Frame = {
  type: root,
  element: undefined,
  count: 0,
  index: 0,
  isFlagged: false,
  isInValues: false,
};
