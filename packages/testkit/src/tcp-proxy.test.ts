import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Mishap, startTcpProxy } from "./tcp-proxy.ts";

describe("a proxy that hands bytes on", () => {
  let service: ReturnType<typeof createServer>;
  const accepted: Socket[] = [];

  beforeEach(async () => {
    // Sends back what it gets, and ends when its client does.
    service = createServer((socket) => {
      accepted.push(socket);
      socket.on("error", () => {});
      socket.pipe(socket);
    });
    service.listen(0, "127.0.0.1");
    await once(service, "listening");
  });

  afterEach(async () => {
    for (const socket of accepted.splice(0)) socket.destroy();
    service.close();
    await once(service, "close");
  });

  /** What comes back for a text, and how the connection ends. */
  async function sent(text: string, ...mishaps: readonly Mishap[]): Promise<string> {
    await using proxy = await startTcpProxy((service.address() as AddressInfo).port, mishaps);
    const socket = connect(Number(new URL(proxy.endpoint).port), "127.0.0.1");
    let back = "";
    socket.setEncoding("latin1").on("data", (piece: string) => {
      back += piece;
    });
    const ended = once(socket, "close").then(
      () => "end",
      (error: NodeJS.ErrnoException) => error.code,
    );
    socket.end(Buffer.from(text, "latin1"));
    const end = await ended;
    expect(proxy.happened).toEqual(mishaps);
    return `${back} ${end}`;
  }

  it("changes nothing by itself", async () => {
    expect(await sent("abcdef")).toBe("abcdef end");
  });

  it("resets at a byte, in either direction", async () => {
    const reset = { kind: "reset" } as const;
    expect(await sent("abcdef", { direction: "up", at: { bytes: 3 }, effect: reset })).toMatch(
      / ECONNRESET$/,
    );
    expect(await sent("abcdef", { direction: "down", at: { bytes: 3 }, effect: reset })).toMatch(
      / ECONNRESET$/,
    );
  });

  it("ends one direction and leaves the other", async () => {
    const halfClose = { kind: "half-close" } as const;
    expect(await sent("abcdef", { direction: "up", at: { bytes: 4 }, effect: halfClose })).toBe("abcd end");
    expect(await sent("abcdef", { direction: "down", at: { bytes: 2 }, effect: halfClose })).toBe("ab end");
  });

  it("flips bits of some bytes, slows some down, and holds them back", async () => {
    expect(
      await sent("abcdef", {
        direction: "up",
        at: { bytes: 1 },
        effect: { kind: "corrupt", bytes: 2, mask: 0x20 },
      }),
    ).toBe("aBCdef end");
    expect(
      await sent("abcdef", {
        direction: "down",
        at: { bytes: 1 },
        effect: { kind: "drip", bytes: 3, pieceBytes: 1, pauseMs: 1 },
      }),
    ).toBe("abcdef end");
    expect(
      await sent("abcdef", { direction: "up", at: { bytes: 0 }, effect: { kind: "stall", ms: 1 } }),
    ).toBe("abcdef end");
  });

  it("leaves a client alone that is told nothing, until the proxy ends", async () => {
    const { port } = service.address() as AddressInfo;
    const mishap: Mishap = { direction: "up", at: { bytes: 2 }, effect: { kind: "half-open" } };
    const proxy = await startTcpProxy(port, [mishap]);
    const socket = connect(Number(new URL(proxy.endpoint).port), "127.0.0.1");
    let heard = "";
    for (const event of ["end", "error", "close"]) socket.on(event, () => (heard += event));
    await once(socket, "connect");
    socket.write("abcdef");
    while (accepted.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => accepted[0]?.once("close", resolve));
    expect(heard).toBe("");
    await proxy[Symbol.asyncDispose]();
    socket.destroy();
  });

  it("counts bytes over all connections, and time from the first", async () => {
    const { port } = service.address() as AddressInfo;
    await using proxy = await startTcpProxy(port, [
      { direction: "up", at: { bytes: 5 }, effect: { kind: "corrupt", bytes: 1, mask: 0x20 } },
      { direction: "down", at: { ms: 1 }, effect: { kind: "stall", ms: 1 } },
    ]);
    const echo = async (text: string): Promise<string> => {
      const socket = connect(Number(new URL(proxy.endpoint).port), "127.0.0.1");
      socket.end(text);
      const pieces: Buffer[] = [];
      for await (const piece of socket as AsyncIterable<Buffer>) pieces.push(piece);
      return Buffer.concat(pieces).toString();
    };
    expect(await echo("abcd")).toBe("abcd");
    expect(await echo("abcd")).toBe("aBcd");
    expect(proxy.passed).toEqual({ up: 8, down: 8 });
  });
});
