import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { wideRows } from "../data/ingest-loads.ts";
import { type RepeatedPack, repeatPack } from "../data/repeated-pack.ts";
import { type IngestServer, startEmulatorServer } from "../servers/ingest-servers.ts";

export interface MemoryResult {
  readonly name: string;
  readonly bytes: number;
  readonly seconds: number;
  /** The most memory of the emulator's process, at its start and in all. */
  readonly startBytes: number;
  readonly peakBytes: number;
}

export interface MemorySize {
  readonly blockBytes: number;
  readonly uploads: number;
  readonly uploadBytes: number;
}

const encodedRows = 1024;

/** Measures how much memory an emulator takes for one long block, and another one for many uploads at once. */
export async function benchMemory(size: MemorySize): Promise<readonly MemoryResult[]> {
  const rows = Array.from({ length: encodedRows }, (_, index) => wideRows.row(index));
  const packOf = (bytes: number): RepeatedPack =>
    repeatPack(wideRows.columns, rows, Math.max(1, Math.round(bytes / (encodedRows * wideRows.rowBytes))));
  await expectRoom(Math.max(size.blockBytes, size.uploads * size.uploadBytes));
  const block = packOf(size.blockBytes);
  const small = packOf(size.uploadBytes);
  return [
    await measureMemory("one block", block.byteLength, async (server) => {
      const place = await server.open();
      await place.put(block);
      await place.commit();
    }),
    await measureMemory(
      `${size.uploads} uploads at once`,
      small.byteLength * size.uploads,
      async (server) => {
        await Promise.all(
          Array.from({ length: size.uploads }, async () => {
            const place = await server.open();
            await place.put(small);
            await place.commit();
          }),
        );
      },
    ),
  ];
}

async function measureMemory(
  name: string,
  bytes: number,
  load: (server: IngestServer) => Promise<void>,
): Promise<MemoryResult> {
  await using server = await startEmulatorServer(wideRows.ddl);
  const before = server.usage();
  const started = performance.now();
  await load(server);
  const seconds = (performance.now() - started) / 1000;
  const after = server.usage();
  if (before === undefined || after === undefined) {
    throw new Error("Expected /proc to tell how much memory a process takes; this system has none");
  }
  return { name, bytes, seconds, startBytes: before.peakBytes, peakBytes: after.peakBytes };
}

async function expectRoom(bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  const free = bavail * bsize;
  if (free < bytes * 1.2) throw new Error(`Expected ${bytes * 1.2} free bytes in ${tmpdir()}, got ${free}`);
}
