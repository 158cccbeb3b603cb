import { WriterError } from "../errors.ts";

/** Loads an optional peer when it is first needed, or says how to get it. */
export async function loadPeer<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new WriterError(
      `This compressor needs the npm package ${name}, which cannot be loaded; install it beside @maxcompute-tunnel/writer`,
      { code: "compressor-missing", cause },
    );
  }
}
