import {
  compileKernel,
  type KernelExports,
  type KernelMemory,
  startKernel,
} from "../../wire/kernel-memory.ts";
import { kernelBytes } from "./text-kernel-bytes.ts";

/** What the kernel exports; see assembly/text. Addresses and lengths are in bytes. */
interface TextKernelExports extends KernelExports {
  setDialect(
    delimiter: number,
    delimiterLength: number,
    recordEnd: number,
    recordEndLength: number,
    lineEnd: number,
    quoteByte: number,
    escapeByte: number,
  ): void;
  setColumns(
    columns: number,
    columnCount: number,
    fieldCount: number,
    markers: number,
    markerBytes: number,
    flags: number,
    maxFieldBytes: number,
    maxRecordBytes: number,
    roomPerRecord: number,
    scratch: number,
  ): void;
  setZone(offset: number, table: number, firstDay: number, dayCount: number): void;
  indexLines(text: number, length: number, strict: number, index: number, indexEnd: number): number;
  indexAny(text: number, length: number, index: number, indexEnd: number): number;
  splitLines(text: number, length: number, strict: number, from: number, state: number): number;
  countBytes(at: number, length: number, byte: number): number;
  encodeText(
    text: number,
    start: number,
    first: number,
    last: number,
    out: number,
    outEnd: number,
    ends: number,
    maxRows: number,
    packState: number,
  ): number;
}

/** What a kernel asks of whoever uses it. */
export interface TextKernelHost {
  /** Writes a field to an address; -1 when it is refused, -2 when it does not fit. The checksum state goes to results[0]. */
  writeField(column: number, at: number, length: number, out: number, room: number, state: number): number;
  /** Seconds east of UTC all day long; 2^31 - 1 when that is not one offset. */
  offsetOfDay(day: number): number;
}

/** An instance of the kernel. It belongs to one text at a time, but remembers whose settings it has. */
export interface TextKernel extends Omit<TextKernelExports, "memory" | "start" | "heapBase" | "resultsAt"> {
  readonly memory: KernelMemory;
  host: TextKernelHost | undefined;
}

type Compiled =
  | { readonly kind: "untried" }
  | { readonly kind: "compiled"; readonly module: WebAssembly.Module }
  | { readonly kind: "refused" };

let compiled: Compiled = { kind: "untried" };
/** Few texts are read at the same time, and memories are large. */
const mostIdle = 4;
const idle: TextKernel[] = [];

/**
 * Lends an instance of the kernel, the one last used by the same host if that is free. Undefined where there is no
 * WebAssembly with vector instructions, or none allowed.
 */
export function borrowTextKernel(host: TextKernelHost): TextKernel | undefined {
  const known = idle.findIndex((kernel) => kernel.host === host);
  if (idle.length > 0) return idle.splice(Math.max(known, 0), 1)[0];
  if (compiled.kind === "refused") return undefined;
  try {
    if (compiled.kind === "untried") compiled = { kind: "compiled", module: compileKernel(kernelBytes) };
    return instantiate(compiled.module);
  } catch {
    if (compiled.kind === "untried") compiled = { kind: "refused" };
    return undefined;
  }
}

/** Takes an instance back. */
export function returnTextKernel(kernel: TextKernel): void {
  if (idle.length < mostIdle && kernel.memory.bytes.length <= largestIdle) idle.push(kernel);
}

/** Larger memories are given back to the system. */
const largestIdle = 8 * 1024 * 1024;

function instantiate(module: WebAssembly.Module): TextKernel {
  const host: TextKernelHost = {
    writeField: (column, at, length, out, room, state) =>
      kernel.host!.writeField(column, at, length, out, room, state),
    offsetOfDay: (day) => kernel.host!.offsetOfDay(day),
  };
  const { exports, memory } = startKernel<TextKernelExports>(module, { host: { ...host } });
  const { setDialect, setColumns, setZone, indexLines, indexAny, splitLines, countBytes, encodeText } =
    exports;
  const kernel: TextKernel = {
    memory,
    host: undefined,
    setDialect,
    setColumns,
    setZone,
    indexLines,
    indexAny,
    splitLines,
    countBytes,
    encodeText,
  };
  return kernel;
}
