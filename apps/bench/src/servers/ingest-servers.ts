import { fileURLToPath } from "node:url";
import type { RepeatedPack } from "../data/repeated-pack.ts";
import { post, putPack, type Target } from "./put-pack.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

/** A server that stores packs. */
export interface IngestServer extends AsyncDisposable, Pick<ServerProcess, "usage"> {
  /** Opens a place that packs can be stored in; a pack replaces the one before. */
  open(): Promise<Place>;
}

export interface Place {
  put(pack: RepeatedPack): Promise<void>;
  /** Makes what was put count, and says how many blocks that were. */
  commit(): Promise<number>;
}

/** A plain node:http server that writes bodies to files. */
export async function startSink(): Promise<IngestServer> {
  const server = await startServerProcess(fileURLToPath(new URL("./file-sink.js", import.meta.url)));
  const target = { url: `${server.endpoint}/block`, headers: {} };
  return {
    ...server,
    open: async () => ({ put: (pack) => putPack(target, pack), commit: async () => 0 }),
  };
}

/** The emulator, started through its command, with one table. */
export async function startEmulatorServer(columnsDdl: string): Promise<IngestServer> {
  const bin = new URL("./bin.js", import.meta.resolve("@maxcompute-tunnel/emulator"));
  const server = await startServerProcess(fileURLToPath(bin), [
    ...["--quiet", "--bearer-token", token],
    ...["--table", `create table load (${columnsDdl})`],
  ]);
  const table = `${server.endpoint}/projects/emulated/tables/load`;
  const at = (query: string): Target => ({ url: `${table}?${query}`, headers: tunnelHeaders });
  return {
    ...server,
    async open() {
      const { UploadID: id } = (await post(at("uploads"))) as { readonly UploadID: string };
      return {
        put: (pack) => putPack(at(`uploadid=${id}&blockid=0`), pack),
        async commit() {
          const answer = (await post(at(`uploadid=${id}`))) as { readonly UploadedBlockList: unknown[] };
          return answer.UploadedBlockList.length;
        },
      };
    },
  };
}

const token = "bench";
const tunnelHeaders = {
  "x-odps-tunnel-version": "6",
  "x-odps-bearer-token": token,
};
