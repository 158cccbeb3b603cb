/** Runs in a process of its own: an HTTP server that counts the bytes of each request and answers the count. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const server = createServer((request, response) => {
  let bytes = 0;
  request.on("data", (piece: Buffer) => {
    bytes += piece.length;
  });
  request.on("end", () => response.end(String(bytes)));
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
// The parent holds the pipe; when it goes, so does this process.
process.stdin.resume().on("end", () => process.exit());
