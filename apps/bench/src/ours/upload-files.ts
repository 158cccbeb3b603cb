import { type UploadFilesOptions, uploadFiles } from "@maxcompute-tunnel/files";
import { uploadTarget } from "@maxcompute-tunnel/session";
import { journalDirectory } from "@maxcompute-tunnel/writer/node";
import { connect } from "./connect.ts";

/** A process that uploads a file by the library, from its start to the commit. */
export interface UploadFileOptions {
  readonly path: string;
  readonly table: string;
  readonly files: Pick<UploadFilesOptions, "workers" | "parallel" | "blockBytes" | "compression">;
  /** Directory for a journal; a memory of its own if not given. */
  readonly journal?: string;
}

const { path, table, files, journal } = JSON.parse(process.argv[2] ?? "{}") as UploadFileOptions;
const { project, ...connection } = connect();
await uploadFiles(uploadTarget(connection, { project, table }, { overwrite: true }), [path], {
  ...files,
  ...(journal === undefined ? {} : { journal: (await journalDirectory(journal).begin()).journal }),
});
// Connections that are kept alive would keep the process for a while.
process.exit(0);
