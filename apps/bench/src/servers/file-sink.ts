import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/**
 * The least that a server can do with a body: it goes to a file as it comes, and is on disk when it is answered. It
 * looks at nothing. The file before goes once the next one is there, as a block does that is sent again.
 */
const directory = await mkdtemp(join(tmpdir(), "mctunnel-sink-"));
let count = 0;
const server = createServer((request, response) => {
  const file = join(directory, String(count++));
  pipeline(request, createWriteStream(file, { flush: true })).then(
    () => {
      response.end();
      void rm(join(directory, String(count - 2)), { force: true });
    },
    // The connection is gone: pipeline ends what it reads from.
    (error: unknown) => process.stderr.write(`The sink failed: ${error}\n`),
  );
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once("SIGTERM", () => {
  server.closeAllConnections();
  server.close();
  void rm(directory, { recursive: true, force: true });
});
