import { Refusal } from "../refusal.ts";
import type { Call } from "../server/call.ts";

/** A submitted job may be this large. */
const maxTextBytes = 16 * 1024 * 1024;

/** Reads a request's whole body as UTF-8 text. @throws Refusal when it is too large or is not UTF-8 */
export async function readText({ request }: Pick<Call, "request">): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Uint8Array>) {
    length += piece.length;
    if (length > maxTextBytes) {
      throw new Refusal("MaxMessageLengthExceeded", `A request document may have ${maxTextBytes} bytes.`);
    }
    pieces.push(piece);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces));
  } catch (cause) {
    throw new Refusal("MalformedXML", "The request document is not UTF-8.", { cause });
  }
}
