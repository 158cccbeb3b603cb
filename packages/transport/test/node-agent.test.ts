import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createAgent } from "../src/node/index.ts";
import { failure, quickTransport, request } from "./support/powers.ts";
import { privateAuthority, startTlsServer } from "./support/private-authority.ts";
import { startProxy } from "./support/proxy-server.ts";
import { answer, startServer } from "./support/scripted-server.ts";

const body = { kind: "chunks", chunks: [new Uint8Array(1_500_000)] } as const;

describe("an agent's connections", () => {
  it("are no more than asked for, and all requests get their turn", async () => {
    let open = 0;
    let most = 0;
    await using server = await startServer(async (incoming, response) => {
      most = Math.max(most, ++open);
      for await (const _ of incoming);
      await new Promise(setImmediate);
      open--;
      response.end("ok");
    });
    await using agent = createAgent({ connections: 2, proxy: "none" });
    const transport = quickTransport({ dispatcher: agent.dispatcher });
    const put = request(server.endpoint, { method: "PUT", kind: "data", body });
    await Promise.all(Array.from({ length: 8 }, () => transport(put)));
    expect(most).toBe(2);
    expect(new Set(server.seen.map(({ socket }) => socket)).size).toBe(2);
  });

  it("are closed with it", async () => {
    await using server = await startServer(answer(200));
    const agent = createAgent({ proxy: "none" });
    await quickTransport({ dispatcher: agent.dispatcher })(request(server.endpoint));
    const { socket } = server.seen[0]!;
    const closed = socket.destroyed ? undefined : once(socket, "close");
    await agent.close();
    await closed;
    const late = await failure(quickTransport({ dispatcher: agent.dispatcher })(request(server.endpoint)));
    expect([late.code, late.retryable]).toEqual(["network", false]);
  });

  it("that a server holds without a word are given up", async () => {
    await using server = await startServer(() => undefined);
    await using agent = createAgent({ firstByteMs: 50, proxy: "none" });
    const transport = quickTransport({ dispatcher: agent.dispatcher, retry: { maxAttempts: 1 } });
    const error = await failure(transport(request(server.endpoint)));
    expect([error.code, error.retryable]).toEqual(["timeout", true]);
  });

  it("that stop in the middle of an answer are given up", async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200).write("some");
    });
    await using agent = createAgent({ idleMs: 50, proxy: "none" });
    const transport = quickTransport({ dispatcher: agent.dispatcher });
    const response = await transport(request(server.endpoint, { kind: "data" }));
    expect((await failure(response.text())).code).toBe("timeout");
  });

  it("that cannot be opened in time are a timeout", async () => {
    // A TLS handshake with a server that never says anything.
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => sockets.add(socket)).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    await using agent = createAgent({ connectMs: 50, proxy: "none" });
    const transport = quickTransport({ dispatcher: agent.dispatcher, retry: { maxAttempts: 1 } });
    const error = await failure(transport(request(`https://127.0.0.1:${port}`)));
    expect(error.code).toBe("timeout");
    for (const socket of sockets) socket.destroy();
    silent.close();
    await once(silent, "close");
  });
});

describe("a private certificate authority", () => {
  it("is trusted when given, as text or bytes", async () => {
    await using server = await startTlsServer();
    for (const ca of [privateAuthority, new TextEncoder().encode(privateAuthority), [privateAuthority]]) {
      await using agent = createAgent({ ca, proxy: "none" });
      const transport = quickTransport({ dispatcher: agent.dispatcher });
      const response = await transport(request(server.endpoint, { method: "PUT", kind: "data", body }));
      expect(await response.text()).toBe("PUT 1500000");
    }
  });

  it("is not trusted otherwise, and trying again is no use", async () => {
    await using server = await startTlsServer();
    await using agent = createAgent({ proxy: "none" });
    const error = await failure(quickTransport({ dispatcher: agent.dispatcher })(request(server.endpoint)));
    expect([error.code, error.retryable, error.attempts]).toEqual(["network", false, 1]);
    expect(error.message).toMatch(/certificate/);
  });

  it("that is none is refused", () => {
    expect(() => createAgent({ ca: "/etc/ca.pem" })).toThrow("Expected ca to hold certificates in PEM form");
  });

  it("serves a proxied connection too", async () => {
    await using server = await startTlsServer();
    await using proxy = await startProxy();
    await using agent = createAgent({ ca: privateAuthority, proxy: { httpsProxy: proxy.url } });
    const transport = quickTransport({ dispatcher: agent.dispatcher });
    const response = await transport(request(server.endpoint, { method: "PUT", kind: "data", body }));
    expect(await response.text()).toBe("PUT 1500000");
    expect(proxy.seen.map(({ line }) => line)).toEqual([`CONNECT localhost:${server.port}`]);
  });
});

describe("a proxy", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("of the environment takes plain requests whole, with its own credentials", async () => {
    await using server = await startServer(answer(200, "through"));
    await using proxy = await startProxy();
    vi.stubEnv("http_proxy", `http://user:p%40ss@127.0.0.1:${proxy.port}`);
    vi.stubEnv("no_proxy", "");
    await using agent = createAgent();
    const transport = quickTransport({ dispatcher: agent.dispatcher });
    const response = await transport(request(server.endpoint, { method: "PUT", kind: "data", body }));
    expect(await response.text()).toBe("through");
    expect(proxy.seen).toEqual([
      { line: `PUT ${server.endpoint}/projects/p`, authorization: `Basic ${btoa("user:p@ss")}` },
    ]);
    expect(server.seen[0]!.body).toHaveLength(1_500_000);
  });

  it("is passed by for hosts of NO_PROXY", async () => {
    await using server = await startServer(answer(200));
    await using proxy = await startProxy();
    vi.stubEnv("http_proxy", proxy.url);
    vi.stubEnv("no_proxy", "example.com,127.0.0.1");
    await using agent = createAgent();
    await quickTransport({ dispatcher: agent.dispatcher })(request(server.endpoint));
    expect([proxy.seen.length, server.seen.length]).toEqual([0, 1]);
  });

  it("is not used when none is wanted", async () => {
    await using server = await startServer(answer(200));
    await using proxy = await startProxy();
    vi.stubEnv("http_proxy", proxy.url);
    await using agent = createAgent({ proxy: "none" });
    await quickTransport({ dispatcher: agent.dispatcher })(request(server.endpoint));
    expect([proxy.seen.length, server.seen.length]).toEqual([0, 1]);
  });

  it.each(["http://127.0.0.1:59999", "https://127.0.0.1:59999"])(
    "that asks for credentials fails %s at once",
    async (endpoint) => {
      await using proxy = await startProxy(407);
      await using agent = createAgent({ proxy: { httpProxy: proxy.url } });
      const error = await failure(quickTransport({ dispatcher: agent.dispatcher })(request(endpoint)));
      expect([error.code, error.retryable, error.attempts]).toEqual(["network", false, 1]);
      expect(error.message).toMatch(/proxy.*407/i);
    },
  );
});

describe("settings that make no sense", () => {
  it.each([
    { connections: 0 },
    { connectMs: -1 },
    { firstByteMs: Number.NaN },
    { idleMs: 0 },
    { keepAliveMs: 0 },
  ])("are refused: %j", (options) => {
    expect(() => createAgent(options)).toThrow(RangeError);
  });
});
