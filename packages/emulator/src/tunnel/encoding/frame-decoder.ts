import { Transform } from "node:stream";

/** Decodes a framed format piece by piece, in memory bounded by its largest block. */
export interface FrameDecoder {
  /** Everything that can be decoded now. @throws Error saying what is wrong with the frame */
  push(bytes: Uint8Array): readonly Uint8Array[];
  /** @throws Error when the frame is not complete */
  end(): void;
}

/** Makes a stream of a frame decoder. */
export function frameDecoderStream(decoder: FrameDecoder): Transform {
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      try {
        for (const piece of decoder.push(chunk)) {
          this.push(piece);
        }
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        decoder.end();
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
