import type { DialectBytes } from "../dialect.ts";
import type { LineSplit } from "../scan/line-split.ts";
import { borrowTextKernel, returnTextKernel, type TextKernel, type TextKernelHost } from "./text-kernel.ts";

/** So many bytes are handed to the kernel at a time. */
const windowBytes = 128 * 1024;
const slack = 128;

/** Splitting asks nothing of anybody. */
const noHost: TextKernelHost = { writeField: () => -1, offsetOfDay: () => 0 };

/** Hands a kernel to some work, or `undefined` where there is none. */
export function withSplitKernel<Result>(
  dialect: DialectBytes,
  lineEnd: number,
  work: (split: KernelSplit | undefined) => Result,
): Result {
  const kernel = borrowTextKernel(noHost);
  if (kernel === undefined) return work(undefined);
  try {
    kernel.host = noHost;
    return work(new KernelSplit(kernel, dialect, lineEnd));
  } finally {
    returnTextKernel(kernel);
  }
}

/** Looks for records with the kernel. */
export class KernelSplit {
  readonly #kernel: TextKernel;
  readonly #text: number;
  readonly #strict: 0 | 1;

  constructor(kernel: TextKernel, dialect: DialectBytes, lineEnd: number) {
    const { memory } = kernel;
    this.#kernel = kernel;
    this.#strict = dialect.recordDelimiter === undefined ? 1 : 0;
    this.#text = memory.base + slack + dialect.delimiter.length;
    memory.reserve(this.#text + windowBytes + slack - memory.base);
    memory.bytes.set(dialect.delimiter, memory.base);
    const quote = dialect.quoteByte < 0 ? 256 : dialect.quoteByte;
    kernel.setDialect(memory.base, dialect.delimiter.length, memory.base, 0, lineEnd, quote, 256);
  }

  /** As `splitBytes`, of as many of the bytes as the kernel takes at a time. */
  split(bytes: Uint8Array, from: number, state: number): LineSplit {
    const { memory } = this.#kernel;
    const length = Math.min(bytes.length, windowBytes);
    memory.bytes.set(length === bytes.length ? bytes : bytes.subarray(0, length), this.#text);
    const records = this.#kernel.splitLines(
      this.#text,
      length,
      this.#strict,
      Math.min(from, 2 ** 31 - 1),
      state,
    );
    const { words, results } = memory;
    return {
      records,
      looked: words[results]!,
      isOdd: words[results + 1] === 1,
      first: words[results + 2]!,
      last: words[results + 3]!,
      state: words[results + 4]!,
      lines: words[results + 5]!,
    };
  }
}
