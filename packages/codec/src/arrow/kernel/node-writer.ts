import type { KernelMemory } from "../../wire/kernel-memory.ts";
import type { ArrowDataLike } from "../arrow-data.ts";
import { bytesOf, elementsOf, hasNulls, openNullable } from "../buffers.ts";
import { nodeBytes } from "./node-ops.ts";
import type { NodePlan } from "./node-plan.ts";

/** The kernel reads so many bytes beyond what it is given. */
const slack = 32;

/** Thrown when buffers are not as they should be, or hold what the kernel does not take: the plain path tells more. */
export class NotLaidOut extends Error {}

/** Lays slices of Arrow columns out in a kernel's memory. */
export class NodeWriter {
  readonly #memory: KernelMemory;
  #at: number;

  constructor(memory: KernelMemory) {
    this.#memory = memory;
    this.#at = memory.base;
  }

  /** Starts anew: what was laid out before is gone. */
  clear(): void {
    this.#at = this.#memory.base;
  }

  /** Sets so many bytes aside and gives their address. */
  allocate(byteLength: number): number {
    const address = (this.#at + 15) & ~15;
    this.#at = address + byteLength + slack;
    this.#memory.reserve(this.#at - this.#memory.base);
    return address;
  }

  /**
   * Writes a node for elements `from` to before `to` of a column, which are its elements from 0 on, and puts its
   * buffers down.
   *
   * @throws NotLaidOut, InvalidValue
   */
  write(plan: NodePlan, data: ArrowDataLike | undefined, from: number, to: number, address: number): void {
    const at = address >> 2;
    const { words } = this.#memory;
    words.fill(0, at, at + nodeBytes / 4);
    words[at] = plan.op;
    words[at + 1] = plan.layout;
    words[at + 11] = plan.limit;
    words[at + 12] = plan.scaleLimit;
    words[at + 13] = plan.scale;
    putInt64(words, at + 16, plan.min);
    putInt64(words, at + 18, plan.max);
    putInt64(words, at + 20, plan.unit);
    if (data === undefined || plan.shape.kind === "none") return;
    const firstBit = data.offset + from;
    words[at + 3] = firstBit & 7;
    if (hasNulls(data)) {
      const bitmap = this.#copy(bytesOf(data.nullBitmap), firstBit >> 3, (data.offset + to + 7) >> 3);
      this.#memory.words[at + 2] = bitmap;
    }
    this.#writeValues(plan, data, from, to, at);
  }

  #writeValues(plan: NodePlan, data: ArrowDataLike, from: number, to: number, at: number): void {
    const { shape } = plan;
    switch (shape.kind) {
      case "bits": {
        const start = (data.offset + from) >> 3;
        this.#set(at + 4, this.#copy(bytesOf(data.values), start, (data.offset + to + 7) >> 3));
        return;
      }
      case "values":
        this.#set(at + 4, this.#copy(bytesOf(data.values), from * shape.width, to * shape.width));
        return;
      case "fixed-bytes": {
        this.#set(at + 4, this.#copy(bytesOf(data.values), from * shape.width, to * shape.width));
        this.#set(at + 5, shape.width);
        this.#set(at + 8, (to - from) * shape.width);
        return;
      }
      case "bytes": {
        const { start, end } = this.#writeOffsets(data, shape.offsetBytes, from, to, at);
        this.#set(at + 4, this.#copy(bytesOf(data.values), start, end));
        return;
      }
      case "gathered":
        this.#gather(shape, data, from, to, at);
        return;
      case "list": {
        const range =
          shape.offsetBytes === 0
            ? { start: from * shape.size, end: to * shape.size }
            : this.#writeOffsets(data, shape.offsetBytes, from, to, at);
        if (shape.offsetBytes === 0) {
          this.#set(at + 5, shape.size);
          this.#set(at + 8, range.end - range.start);
        }
        this.#writeChildren(plan, data.children, range.start, range.end, at);
        return;
      }
      case "map": {
        const { start, end } = this.#writeOffsets(data, 4, from, to, at);
        this.#writeChildren(plan, data.children[0]?.children ?? [], start, end, at);
        return;
      }
      case "struct":
        this.#writeChildren(
          plan,
          shape.sources.map((source) => data.children[source]),
          from,
          to,
          at,
        );
        return;
      case "dictionary": {
        const parts = data.dictionary?.data ?? [];
        if (parts.length !== 1) throw new NotLaidOut();
        this.#set(at + 4, this.#copy(bytesOf(data.values), from * shape.width, to * shape.width));
        this.#set(at + 8, parts[0]!.length);
        this.#writeChildren(plan, parts, 0, parts[0]!.length, at);
        return;
      }
      default:
        return;
    }
  }

  #writeChildren(
    plan: NodePlan,
    children: readonly (ArrowDataLike | undefined)[],
    from: number,
    to: number,
    at: number,
  ): void {
    const nodes = this.allocate(plan.children.length * nodeBytes);
    this.#set(at + 9, nodes);
    this.#set(at + 10, plan.children.length);
    plan.children.forEach((child, index) => {
      const data = children[index];
      if (child.shape.kind !== "none" && (data === undefined || data.length < to)) throw new NotLaidOut();
      this.write(child, data, from, to, nodes + index * nodeBytes);
    });
  }

  /** Puts the offsets down, and gives the range that they span. */
  #writeOffsets(
    data: ArrowDataLike,
    offsetBytes: 4 | 8,
    from: number,
    to: number,
    at: number,
  ): { readonly start: number; readonly end: number } {
    const count = data.length === 0 ? 0 : data.length + 1;
    const offsets =
      offsetBytes === 4
        ? elementsOf(data.valueOffsets, Int32Array, count)
        : elementsOf(data.valueOffsets, BigInt64Array, count);
    const start = Number(offsets[from] ?? 0);
    const end = Number(offsets[to] ?? 0);
    if (!(start >= 0 && end >= start && end - start < 2 ** 31)) throw new NotLaidOut();
    this.#set(at + 5, this.#copy(bytesOf(offsets), from * offsetBytes, count && (to + 1) * offsetBytes));
    const { words } = this.#memory;
    words[at + 6] = start;
    words[at + 7] = Math.floor(start / 2 ** 32);
    words[at + 8] = end - start;
    return { start, end };
  }

  #gather(
    { open, check }: Extract<NodePlan["shape"], { kind: "gathered" }>,
    data: ArrowDataLike,
    from: number,
    to: number,
    at: number,
  ): void {
    const valueAt = openNullable(open, data);
    const values: (Uint8Array | null)[] = [];
    let byteLength = 0;
    for (let index = from; index < to; index++) {
      const value = valueAt(index) as Uint8Array | null;
      if (value !== null && check?.(value) === false) throw new NotLaidOut();
      values.push(value);
      byteLength += value?.length ?? 0;
    }
    const offsets = this.allocate((values.length + 1) * 4);
    const target = this.allocate(byteLength);
    const { bytes, words } = this.#memory;
    let end = 0;
    words[offsets >> 2] = 0;
    values.forEach((value, index) => {
      if (value !== null) bytes.set(value, target + end);
      end += value?.length ?? 0;
      words[(offsets >> 2) + index + 1] = end;
    });
    this.#set(at + 4, target);
    this.#set(at + 5, offsets);
    this.#set(at + 8, end);
  }

  /** Copies part of a buffer and gives its address. */
  #copy(buffer: Uint8Array, start: number, end: number): number {
    if (end > buffer.length) throw new NotLaidOut();
    const address = this.allocate(end - start);
    this.#memory.bytes.set(
      start === 0 && end === buffer.length ? buffer : buffer.subarray(start, end),
      address,
    );
    return address;
  }

  /** The memory may have grown since the last time. */
  #set(word: number, value: number): void {
    this.#memory.words[word] = value;
  }
}

function putInt64(words: Uint32Array, at: number, value: bigint): void {
  words[at] = Number(value & 0xffffffffn);
  words[at + 1] = Number((value >> 32n) & 0xffffffffn);
}
