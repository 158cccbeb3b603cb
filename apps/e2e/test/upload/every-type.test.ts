import { startEmulator } from "@maxcompute-tunnel/emulator";
import { openBufferedWriter, openRecordWriter } from "@maxcompute-tunnel/writer";
import { nodeDeflate } from "@maxcompute-tunnel/writer/node";
import { createTunnel, type TableTunnel } from "maxcompute-tunnel";
import { describe, expect, it } from "vitest";
import { collect } from "../support/collect.ts";

const ddl = `CREATE TABLE everything (
  a TINYINT, b SMALLINT, c INT, d BIGINT, e FLOAT, f DOUBLE, g BOOLEAN, h STRING, i CHAR(4), j VARCHAR(20), k BINARY,
  l DECIMAL(38,18), m DECIMAL(10,2), n DATE, o DATETIME, p TIMESTAMP, q TIMESTAMP_NTZ, r INTERVAL_DAY_TIME,
  s INTERVAL_YEAR_MONTH, t JSON, u ARRAY<BIGINT>, v MAP<STRING,BIGINT>, w STRUCT<x:BIGINT,y:ARRAY<STRUCT<z:STRING>>>,
  x STRING
) PARTITIONED BY (pt STRING)`;

/** A row with a value of every type, and the row that must come back. */
function rowPair(index: number): { readonly written: object; readonly read: object } {
  const seconds = BigInt(index) * 1_000n - 5n;
  const whole = {
    a: (index % 256) - 128,
    b: (index % 65_536) - 32_768,
    c: 2_147_483_647 - index,
    d: 9_223_372_036_854_775_807n - BigInt(index),
    e: Math.fround(index / 3),
    f: index / 7,
    g: index % 2 === 0,
    h: `row ${index} 阿里云 😀`,
    i: "ab",
    j: `v${index}`,
    k: Uint8Array.of(index & 0xff, 0, 255),
    l: `${index}.000000000000000001`,
    m: `-${index % 1000}.25`,
    n: "2024-02-29",
    o: new Date(1_700_000_000_123 + index * 1000),
    p: { seconds, nanos: 999_999_999 },
    q: { seconds, nanos: 1 },
    r: { seconds: -1n, nanos: 500_000_000 },
    s: index - 13,
    t: `{"n":${index}}`,
    u: [BigInt(index), null, -3n],
    v: [
      ["k1", 1n],
      ["k2", null],
    ],
    w: { x: BigInt(index), y: [{ z: "deep" }, null] },
    x: index % 3 === 0 ? null : "",
  };
  // JSON may be given as a value, maps as a Map, and NULL by leaving the column out.
  const { x, ...rest } = whole;
  const written = {
    ...rest,
    t: { n: index },
    v: new Map([
      ["k1", 1n],
      ["k2", null],
    ]),
    ...(x === null ? {} : { x }),
  };
  // CHAR comes back padded to its length.
  return { written, read: { ...whole, i: "ab  " } };
}

const partition = "pt=2024";

async function setUp(): Promise<{ readonly tunnel: TableTunnel } & AsyncDisposable> {
  const emulator = await startEmulator({ tables: [ddl] });
  await emulator.createTable("ALTER TABLE everything ADD PARTITION (pt='2024')");
  const { endpoint, project, accessKeyId, accessKeySecret } = emulator;
  const tunnel = createTunnel({ endpoint, project, credentials: { accessKeyId, accessKeySecret } });
  return {
    tunnel,
    async [Symbol.asyncDispose]() {
      await tunnel.close();
      await emulator.close();
    },
  };
}

describe("a table with every type", () => {
  for (const [name, compress] of [
    ["uncompressed", false],
    ["compressed with deflate", true],
    ["compressed by zlib", nodeDeflate()],
  ] as const) {
    it(`gives back what a buffered writer put into several blocks, ${name}`, async () => {
      await using setup = await setUp();
      const { tunnel } = setup;
      const pairs = Array.from({ length: 1000 }, (_, index) => rowPair(index));
      const { blocks: session } = await tunnel.createUploadSession(`everything/${partition}`);
      await using writer = openBufferedWriter(session, { maxRows: 300, compress });
      for (const { written } of pairs) await writer.write(written as Record<string, unknown>);
      const { blockIds, rows } = await writer.close();
      expect({ blockIds, rows }).toEqual({ blockIds: [0, 1, 2, 3], rows: 1000 });
      const receipt = await session.commit(blockIds);
      expect(receipt.recordCount).toBe(1000);
      expect(await collect(tunnel.download(`everything/${partition}`))).toEqual(
        pairs.map(({ read }) => read),
      );
    });
  }

  it("gives back what a record writer streamed into blocks that the caller named", async () => {
    await using setup = await setUp();
    const { tunnel } = setup;
    const { blocks: session } = await tunnel.createUploadSession(`everything/${partition}`);
    const pairs = Array.from({ length: 20 }, (_, index) => rowPair(index));
    for (const [blockId, part] of [
      [7, pairs.slice(0, 10)],
      [19_999, pairs.slice(10)],
    ] as const) {
      await using writer = await openRecordWriter(session, blockId);
      for (const { written } of part) await writer.write(written as Record<string, unknown>);
      expect((await writer.close()).blockId).toBe(blockId);
    }
    await session.commit([7, 19_999]);
    expect(await collect(tunnel.download(`everything/${partition}`))).toEqual(pairs.map(({ read }) => read));
  });

  it("takes a row that does not fit for no row, and says which value it was", async () => {
    await using setup = await setUp();
    const { tunnel } = setup;
    const session = await tunnel.createUploadSession(`everything/${partition}`);
    const writer = session.openBufferedWriter();
    await writer.write(rowPair(1).written as Record<string, unknown>);
    expect(() => writer.write({ m: "12345678901.00" })).toThrow(
      expect.objectContaining({ name: "CodecError", column: "m", row: 1 }),
    );
    expect(() => writer.write({ nothing: 1 })).toThrow(expect.objectContaining({ code: "unknown-property" }));
    const { blockIds } = await writer.close();
    await session.commit(blockIds);
    expect(await collect(tunnel.download(`everything/${partition}`))).toEqual([rowPair(1).read]);
  });
});
