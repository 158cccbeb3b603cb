import { crc32 } from "node:zlib";

/** What a run wrote or read. */
export interface Outcome {
  readonly rows: number;
  readonly bytes: number;
  /** What it wrote, when that is something to compare. */
  readonly chunks?: readonly Uint8Array[];
  /** How long that is when it was compressed. */
  readonly packedBytes?: number;
}

/** Does the contender's work once. */
export type Work = () => Outcome | Promise<Outcome>;

/**
 * Makes this process a contender: prepares, says so, and runs once for each line of standard input. `check` in place of
 * `run` answers with a CRC-32 of what was written.
 */
export async function serveContender<Options>(
  prepare: (options: Options) => Work | Promise<Work>,
): Promise<void> {
  const work = await prepare(JSON.parse(process.argv[2] ?? "{}") as Options);
  answer({ ready: process.versions.node });
  process.stdin.setEncoding("utf8");
  let rest = "";
  for await (const piece of process.stdin) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) answer(await (line === "check" ? check(work) : measure(work)));
  }
  process.exit(0);
}

async function measure(work: Work): Promise<object> {
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const result = work();
  const { rows, bytes } = result instanceof Promise ? await result : result;
  const seconds = (performance.now() - started) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  return { seconds, cpuSeconds: (cpu.user + cpu.system) / 1e6, rows, bytes };
}

async function check(work: Work): Promise<object> {
  const { rows, bytes, chunks, packedBytes } = await work();
  let checksum = 0;
  for (const chunk of chunks ?? []) checksum = crc32(chunk, checksum);
  return {
    rows,
    bytes,
    ...(packedBytes === undefined ? {} : { packedBytes }),
    ...(chunks === undefined ? {} : { checksum: checksum.toString(16).padStart(8, "0") }),
  };
}

function answer(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
