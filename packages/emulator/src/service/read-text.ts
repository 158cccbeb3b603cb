import type { Clock } from "../clock.ts";
import { Refusal } from "../refusal.ts";
import type { Call } from "../server/call.ts";

/**
 * Reads a request's whole body as UTF-8 text.
 *
 * @throws Refusal when it is too large, takes too long, ends early or is not UTF-8
 */
export async function readText(
  { request, limits, signal }: Pick<Call, "request" | "limits" | "signal">,
  clock: Clock,
): Promise<string> {
  const bytes = await new Promise<Uint8Array>((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let length = 0;
    const cancel = clock.schedule(limits.documentMs, () => {
      settle(() => reject(new Refusal("RequestTimeOut", "The request document did not come in time.")));
    });
    const take = (piece: Uint8Array): void => {
      length += piece.length;
      pieces.push(piece);
      if (length > limits.documentBytes) {
        settle(() =>
          reject(
            new Refusal(
              "MaxMessageLengthExceeded",
              `A request document may have ${limits.documentBytes} bytes.`,
            ),
          ),
        );
      }
    };
    const ended = (): void => settle(() => resolve(Buffer.concat(pieces)));
    const gone = (): void => {
      settle(() => reject(new Refusal("IncompleteBody", "The connection ended before the body did.")));
    };
    const settle = (outcome: () => void): void => {
      cancel();
      request.off("data", take).off("end", ended).off("close", gone).off("error", gone);
      signal.removeEventListener("abort", gone);
      outcome();
    };
    request.on("data", take).on("end", ended).on("close", gone).on("error", gone);
    signal.addEventListener("abort", gone);
  });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Refusal("MalformedXML", "The request document is not UTF-8.", { cause });
  }
}
