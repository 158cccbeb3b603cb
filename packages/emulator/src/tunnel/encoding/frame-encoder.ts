import { Transform } from "node:stream";

/** Writes a framed format block by block. What it returns belongs to the caller. */
export interface FrameEncoder {
  /** Most bytes of one block. */
  readonly blockBytes: number;
  begin(): Uint8Array;
  block(data: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

/** Makes a stream of a frame encoder; small pieces are gathered into whole blocks. */
export function frameEncoderStream(encoder: FrameEncoder): Transform {
  const pending = new Uint8Array(encoder.blockBytes);
  let length = 0;
  let begun = false;
  const begin = (stream: Transform): void => {
    if (!begun) {
      begun = true;
      stream.push(encoder.begin());
    }
  };
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      begin(this);
      for (let at = 0; at < chunk.length; ) {
        const take = Math.min(encoder.blockBytes - length, chunk.length - at);
        pending.set(chunk.subarray(at, at + take), length);
        length += take;
        at += take;
        if (length === encoder.blockBytes) {
          this.push(encoder.block(pending));
          length = 0;
        }
      }
      done();
    },
    flush(done) {
      begin(this);
      if (length > 0) {
        this.push(encoder.block(pending.subarray(0, length)));
      }
      this.push(encoder.end());
      done();
    },
  });
}
