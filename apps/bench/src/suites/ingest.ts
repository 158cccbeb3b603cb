import { type IngestLoad, tenColumnRows, wideRows } from "../data/ingest-loads.ts";
import { type RepeatedPack, repeatPack } from "../data/repeated-pack.ts";
import { type Spread, spread } from "../harness/spread.ts";
import { type IngestServer, type Place, startEmulatorServer, startSink } from "../servers/ingest-servers.ts";

/** One kind of rows, sent to both servers. */
export interface IngestResult {
  readonly load: string;
  readonly packBytes: number;
  readonly packRows: number;
  readonly servers: readonly IngestFigures[];
  /** Rate of the emulator over that of the sink in the same round. */
  readonly ratio: Spread;
}

export interface IngestFigures {
  readonly name: string;
  readonly rowsPerSecond: Spread;
  readonly megabytesPerSecond: Spread;
  /** Processor time that the server took for a gigabyte; left out where the system does not tell. */
  readonly cpuSecondsPerGigabyte?: Spread;
  readonly peakBytes?: number;
}

export interface IngestSize {
  /** Bytes of a pack, roughly. */
  readonly packBytes: number;
  readonly rounds: number;
}

const encodedRows = 20_000;
const warmUps = 2;

/** Measures how fast the emulator stores prepared packs beside a server that only writes them to a file. */
export async function benchIngest(size: IngestSize): Promise<readonly IngestResult[]> {
  return [await benchLoad(wideRows, size), await benchLoad(tenColumnRows, size)];
}

async function benchLoad(load: IngestLoad, { packBytes, rounds }: IngestSize): Promise<IngestResult> {
  const count = Math.min(encodedRows, Math.ceil(packBytes / load.rowBytes));
  const rows = Array.from({ length: count }, (_, index) => load.row(index));
  const pack = repeatPack(load.columns, rows, Math.round(packBytes / (count * load.rowBytes)));
  await using sink = await startSink();
  await using emulator = await startEmulatorServer(load.ddl);
  const contenders = [
    await contend("node:http into a file", sink),
    await contend("the emulator", emulator),
  ] as const;
  for (let round = -warmUps; round < rounds; round++) {
    // Each goes first every second time: the one that goes second finds a disk that is still busy.
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      await contender.run(pack, round >= 0);
    }
  }
  const [plain, checking] = contenders;
  return {
    load: load.name,
    packBytes: pack.byteLength,
    packRows: pack.recordCount,
    servers: [await plain.figures(pack), await checking.figures(pack)],
    ratio: spread(checking.seconds.map((seconds, round) => (plain.seconds[round] ?? Number.NaN) / seconds)),
  };
}

interface IngestContender {
  readonly seconds: readonly number[];
  run(pack: RepeatedPack, counts: boolean): Promise<void>;
  figures(pack: RepeatedPack): Promise<IngestFigures>;
}

async function contend(name: string, server: IngestServer): Promise<IngestContender> {
  const place: Place = await server.open();
  const seconds: number[] = [];
  const cpuSeconds: number[] = [];
  return {
    seconds,
    async run(pack, counts) {
      const before = server.usage();
      const started = performance.now();
      await place.put(pack);
      const elapsed = (performance.now() - started) / 1000;
      const after = server.usage();
      if (!counts) return;
      seconds.push(elapsed);
      if (before !== undefined && after !== undefined) cpuSeconds.push(after.cpuSeconds - before.cpuSeconds);
    },
    async figures({ byteLength, recordCount }) {
      const usage = server.usage();
      return {
        name,
        rowsPerSecond: spread(seconds.map((elapsed) => recordCount / elapsed)),
        megabytesPerSecond: spread(seconds.map((elapsed) => byteLength / 1e6 / elapsed)),
        ...(usage === undefined
          ? {}
          : {
              cpuSecondsPerGigabyte: spread(cpuSeconds.map((taken) => (taken * 1e9) / byteLength)),
              peakBytes: usage.peakBytes,
            }),
      };
    },
  };
}
