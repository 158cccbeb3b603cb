import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificates {
  /** The authority's certificate. */
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority of our own, made now, and a certificate of it for `localhost`. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "transport-ca-"));
  const openssl = (...parameters: string[]) =>
    execFileSync("openssl", parameters, { cwd: folder, stdio: "pipe" });
  try {
    const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    openssl(
      "req",
      "-x509",
      ...newKey,
      "-days",
      "2",
      "-subj",
      "/CN=Test Authority",
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
    );
    openssl(
      "req",
      "-new",
      ...newKey,
      "-subj",
      "/CN=localhost",
      "-keyout",
      "server.key",
      "-out",
      "server.csr",
    );
    writeFileSync(join(folder, "names"), "subjectAltName=DNS:localhost");
    const authority = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
    openssl(
      "x509",
      "-req",
      "-in",
      "server.csr",
      ...authority,
      "-days",
      "2",
      "-extfile",
      "names",
      "-out",
      "server.pem",
    );
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    return { ca: read("ca.pem"), key: read("server.key"), cert: read("server.pem") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface TlsServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly port: number;
}

/** A real HTTPS server that answers every request with its method and the length of its body. */
export async function startTlsServer({ key, cert }: Certificates): Promise<TlsServer> {
  const server = createServer({ key, cert }, (request, response) => {
    let bytes = 0;
    request.on("data", (piece: Buffer) => {
      bytes += piece.length;
    });
    request.on("end", () => response.end(`${request.method} ${bytes}`));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `https://localhost:${port}`,
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
