import { describe, expect, it } from "vitest";
import { type BodyObserver, openBody } from "./body.ts";

function recordingObserver() {
  const events: string[] = [];
  const observer: BodyObserver = {
    onSending: () => events.push("sending"),
    onWaitingForSource: () => events.push("waiting"),
    onComplete: () => events.push("complete"),
  };
  return { events, observer };
}

async function readAll(content: ReturnType<typeof openBody>["content"]): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content as ReadableStream<Uint8Array>) pieces.push(piece);
  return pieces;
}

describe("a body of chunks", () => {
  const megabyte = 1024 * 1024;
  const large = new Uint8Array(2 * megabyte + 5);
  const small = Uint8Array.of(1, 2, 3);

  it("goes out in slices of a megabyte that are views of the caller's memory", async () => {
    const { observer } = recordingObserver();
    const body = openBody({ kind: "chunks", chunks: [large, new Uint8Array(0), small] }, observer);
    expect(body.headers).toEqual({ "content-type": "application/octet-stream", "content-length": "2097160" });
    const pieces = await readAll(body.content);
    expect(pieces.map(({ byteOffset, byteLength }) => [byteOffset, byteLength])).toEqual([
      [0, megabyte],
      [megabyte, megabyte],
      [2 * megabyte, 5],
      [0, 3],
    ]);
    expect(pieces.map(({ buffer }) => buffer)).toEqual([
      large.buffer,
      large.buffer,
      large.buffer,
      small.buffer,
    ]);
    expect(pieces[0]!.buffer).toBe(large.buffer);
  });

  it("begins anew each time it is opened", async () => {
    const { observer } = recordingObserver();
    const chunks = { kind: "chunks", chunks: [small] } as const;
    expect(await readAll(openBody(chunks, observer).content)).toEqual([small]);
    expect(await readAll(openBody(chunks, observer).content)).toEqual([small]);
  });

  it("is complete with its last byte, before anybody asks for more", async () => {
    const { observer } = recordingObserver();
    const body = openBody({ kind: "chunks", chunks: [small, small] }, observer);
    const reader = (body.content as ReadableStream<Uint8Array>).getReader();
    expect(body.isComplete()).toBe(false);
    await reader.read();
    expect(body.isComplete()).toBe(false);
    await reader.read();
    expect(body.isComplete()).toBe(true);
  });
});

describe("a body of a stream", () => {
  it("asks for nothing before the network does, and tells whose turn it is", async () => {
    const { events, observer } = recordingObserver();
    let asked = 0;
    async function* rows() {
      for (asked = 1; asked <= 2; asked++) yield Uint8Array.of(asked);
    }
    const body = openBody({ kind: "stream", stream: rows() }, observer);
    await new Promise(setImmediate);
    expect([asked, events]).toEqual([0, []]);
    expect(await readAll(body.content)).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
    expect(events).toEqual(["waiting", "sending", "waiting", "sending", "waiting", "complete"]);
    expect(body.isComplete()).toBe(true);
  });

  it("that is stopped gives nothing more and closes its source", async () => {
    const { observer } = recordingObserver();
    let isReturned = false;
    async function* rows() {
      try {
        for (;;) yield Uint8Array.of(1);
      } finally {
        isReturned = true;
      }
    }
    const body = openBody({ kind: "stream", stream: rows() }, observer);
    const reader = (body.content as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    body.stop();
    await expect(reader.read()).rejects.toThrow("The attempt has ended");
    expect([isReturned, body.isComplete(), body.failure()]).toEqual([true, false, undefined]);
  });
});
